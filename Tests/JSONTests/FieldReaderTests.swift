import JSON
import Testing

struct FieldReaderTests {
    enum Loss: String, CaseIterable { case mse, mae, huber }

    private func reader(_ text: String) throws -> FieldReader {
        try FieldReader(JSONFixtures.parse(text))
    }

    @Test func gettersReturnMembersAndDefaults() throws {
        var body = try reader(
            #"""
            {"model":"toy","epochs":30.0,"rate":1,"shuffle":false,"loss":"mae","units":[128,6.4e1],
             "early_stopping":{"patience":3},"layers":[{"type":"LSTM"},{"type":"Dense"}],\#
            "series":[[1,2]],"seed":null}
            """#)
        #expect(try body.requiredString("model") == "toy")
        #expect(try body.int("epochs", in: 1...100, default: 7) == 30)
        #expect(try body.int("batch_size", in: 1...100, default: 32) == 32)
        #expect(try body.int("seed") == nil)
        #expect(try body.double("rate", in: 0...1, exclusive: true, default: 0.5) == 1)
        #expect(try body.bool("shuffle", default: true) == false)
        #expect(try body.choice("loss", default: Loss.mse) == .mae)
        #expect(try body.ints("units", in: 1...4096, count: 1...8) == [128, 64])
        #expect(try body.tensor("series", rank: 2...2)?.shape == [1, 2])
        #expect(try body.object("absent") == nil)
        var stopping = try #require(try body.object("early_stopping"))
        #expect(try stopping.int("patience") == 3)
        try stopping.rejectUnknown()
        var layers = try #require(try body.objects("layers"))
        #expect(try layers[1].string("type") == "Dense")
        try body.rejectUnknown()
    }

    typealias Getter = @Sendable (inout FieldReader) throws -> Void
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var pointer: String
        var fragment: String
        var get: Getter
        var testDescription: String { text + " " + fragment }
    }

    static let wrong: [Case] = [
        Case(text: #"{"epochs":0}"#, pointer: "/epochs", fragment: "'epochs' is 0; it must be from 1 to 9") {
            _ = try $0.int("epochs", in: 1...9)
        },
        Case(text: #"{"epochs":-1}"#, pointer: "/epochs", fragment: "at least 0") {
            _ = try $0.int("epochs", in: 0...Int.max)
        },
        Case(text: #"{"epochs":1.5}"#, pointer: "/epochs", fragment: "is a number; it must be an integer") {
            _ = try $0.int("epochs")
        },
        Case(text: #"{"epochs":1e30}"#, pointer: "/epochs", fragment: "must be an integer") {
            _ = try $0.int("epochs")
        },
        Case(text: #"{"epochs":"1"}"#, pointer: "/epochs", fragment: "is a string; it must be an integer") {
            _ = try $0.int("epochs")
        },
        Case(
            text: "{}", pointer: "",
            fragment: "the member 'timesteps' is missing; it must be an integer at least 1"
        ) { _ = try $0.requiredInt("timesteps", in: 1...Int.max) },
        Case(text: #"{"model":null}"#, pointer: "", fragment: "'model' is missing") {
            _ = try $0.requiredString("model")
        },
        Case(text: #"{"rate":0}"#, pointer: "/rate", fragment: "must be greater than 0.0 and at most 1.0") {
            _ = try $0.double("rate", in: 0...1, exclusive: true)
        },
        Case(text: #"{"rate":true}"#, pointer: "/rate", fragment: "is a boolean; it must be a number") {
            _ = try $0.double("rate")
        },
        Case(text: #"{"shuffle":1}"#, pointer: "/shuffle", fragment: "true or false") {
            _ = try $0.bool("shuffle")
        },
        Case(
            text: #"{"loss":"hubr"}"#, pointer: "/loss",
            fragment: "one of 'mse', 'mae', 'huber'; did you mean 'huber'?"
        ) { _ = try $0.choice("loss", of: Loss.self) },
        Case(text: #"{"loss":"\n"}"#, pointer: "/loss", fragment: #"'\u{a}'"#) {
            _ = try $0.choice("loss", of: Loss.self)
        },
        Case(text: #"{"units":[1,0]}"#, pointer: "/units/1", fragment: "element 1 of 'units' is 0") {
            _ = try $0.ints("units", in: 1...2)
        },
        Case(text: #"{"units":[1,"x"]}"#, pointer: "/units/1", fragment: "is a string") {
            _ = try $0.ints("units")
        },
        Case(
            text: #"{"units":[]}"#, pointer: "/units",
            fragment: "has 0 elements; the number must be from 1 to 8"
        ) { _ = try $0.ints("units", count: 1...8) },
        Case(text: #"{"o":[]}"#, pointer: "/o", fragment: "is an array; it must be an object") {
            _ = try $0.object("o")
        },
        Case(text: #"{"l":[{},1]}"#, pointer: "/l/1", fragment: "the value is a number; it must be an object")
        { _ = try $0.objects("l") },
        Case(text: #"{"l":[{},{"x":1}]}"#, pointer: "/l/1/x", fragment: "unknown member 'x'") {
            for reader in try $0.objects("l") ?? [] { try reader.rejectUnknown() }
        },
        Case(text: #"{"a/b":{"c":1}}"#, pointer: "/a~1b/c", fragment: "must be a string") {
            var inner = try $0.object("a/b")
            _ = try inner?.string("c")
        },
        Case(
            text: #"{"series":[1]}"#, pointer: "/series",
            fragment: "has 1 level of arrays, the shape [1]; it must have 2 levels"
        ) { _ = try $0.tensor("series", rank: 2...2) },
        Case(
            text: #"{"epoch":1}"#, pointer: "/epoch",
            fragment: "unknown member 'epoch'; did you mean 'epochs'?"
        ) {
            _ = try $0.int("epochs")
            try $0.rejectUnknown()
        },
        Case(text: #"{"batchsize":1}"#, pointer: "/batchsize", fragment: "did you mean 'batch_size'?") {
            _ = try ($0.int("epochs"), $0.int("batch_size"))
            try $0.rejectUnknown()
        },
        Case(
            text: #"{"zebra":1}"#, pointer: "/zebra",
            fragment: "unknown member 'zebra'; known members: 'epochs', 'model'"
        ) {
            _ = try ($0.string("model"), $0.int("epochs"))
            try $0.rejectUnknown()
        },
    ]

    @Test(arguments: wrong)
    func aWrongMemberIsAnErrorWithItsPlaceAndWhatIsExpected(_ wrong: Case) throws {
        var body = try reader(wrong.text)
        do {
            try wrong.get(&body)
            Issue.record("expected an error with \(wrong.fragment)")
        } catch let error as JSONError {
            #expect(error.kind == .invalid)
            #expect(error.pointer == wrong.pointer)
            #expect(error.detail.contains(wrong.fragment), "\(error.detail)")
        }
    }

    @Test func aBodyMustBeAnObject() {
        let error = #expect(throws: JSONError.self) { _ = try reader("[]") }
        #expect(error?.detail == "the body is an array; it must be an object")
        #expect(error?.kind == .invalid)
    }
}
