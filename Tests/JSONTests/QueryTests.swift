import JSON
import Testing

/// Query parameters in place of the members of an object.
struct QueryTests {
    enum Loss: String, CaseIterable { case mse, mae }

    private func reader(_ query: (String, String)..., body: JSONValue? = nil) throws -> FieldReader {
        try FieldReader(body, query: query.map { (name: $0.0, value: $0.1) })
    }

    @Test func aTextIsReadAsTheTypeThatTheGetterReturns() throws {
        var query = try reader(
            ("model", "12"), ("epochs", "12"), ("rate", "1e-3"), ("shuffle", "false"), ("loss", "mae"),
            ("units", "64,32"), ("more", "[1, 2]"), ("one", "7"), ("losses", "mse,mae"), ("names", "a b,1,"),
            ("quoted", "[\"a,b\"]"), ("stopping", "{\"patience\":5}"), ("nothing", "null"),
            ("layers", "[{\"type\":\"LSTM\"}]"), ("ranges", "[[8,9],[12,null]]"), ("ragged", "[[8,9],[12]]"))
        #expect(try query.string("model") == "12")
        #expect(try query.int("epochs") == 12)
        #expect(try query.double("rate") == 0.001)
        #expect(try query.bool("shuffle") == false)
        #expect(try query.choice("loss", of: Loss.self) == .mae)
        #expect(try query.ints("units") == [64, 32])
        #expect(try query.ints("more") == [1, 2])
        #expect(try query.ints("one") == [7])
        #expect(try query.choices("losses", default: [Loss]()) == [.mse, .mae])
        #expect(try query.uniqueStrings("names") == ["a b", "1", ""])
        #expect(try query.uniqueStrings("quoted") == ["a,b"])
        var stopping = try #require(try query.object("stopping"))
        #expect(try stopping.int("patience") == 5)
        #expect(try query.int("nothing") == nil)
        var layers = try #require(try query.objects("layers"))
        #expect(try layers[0].string("type") == "LSTM")
        let ranges = try #require(try query.tensor("ranges", rank: 2...2))
        #expect(ranges.shape == [2, 2] && ranges.missing == [3] && ranges.values.prefix(3) == [8, 9, 12])
        #expect(throws: JSONError.self) { try query.tensor("ragged") }
        try query.rejectUnknown()
    }

    @Test func parametersStandBesideTheMembersOfABody() throws {
        let body = try JSONReader.parse(Array("{\"model\":\"m\",\"epochs\":3}".utf8))
        var reader = try reader(("version", "2"), ("stopping", "{\"patience\":-1}"), body: body)
        #expect(try reader.string("model") == "m" && reader.int("epochs") == 3 && reader.int("version") == 2)
        var stopping = try #require(try reader.object("stopping"))
        // A JSON pointer leads into the body.
        #expect(throws: JSONError(.invalid, at: nil, "'patience' is -1; it must be at least 0")) {
            try stopping.int("patience", in: 0...Int.max)
        }
        #expect(throws: JSONError(.invalid, at: "/epochs", "'epochs' is 3; it must be at least 4")) {
            try reader.int("epochs", in: 4...Int.max)
        }
        #expect(throws: JSONError(.invalid, at: "", "the member 'x' is missing; it must be a string")) {
            try reader.requiredString("x")
        }
        try reader.rejectUnknown()
        #expect(
            throws: JSONError(
                .invalid, at: nil, "'epochs' is in the query and in the body; remove one of them")
        ) {
            try self.reader(("epochs", "3"), body: body)
        }
    }

    @Test func aWrongParameterIsAnErrorThatNamesIt() throws {
        func error(_ body: () throws -> Void) -> String {
            let error = #expect(throws: JSONError.self, performing: body)
            #expect(error?.pointer == nil)
            return error?.detail ?? ""
        }
        #expect(error { _ = try reader(("a", "1"), ("a", "1")) }.contains("'a' occurs twice"))
        var query = try reader(("epochs", "ten"), ("epoch", "1"), ("flag", "1"), ("list", "1,x"))
        #expect(error { _ = try query.int("epochs") } == "'epochs' is 'ten'; it must be an integer")
        #expect(error { _ = try query.bool("flag") } == "'flag' is '1'; it must be true or false")
        #expect(error { _ = try query.ints("list") }.contains("element 1 of 'list'"))
        #expect(
            error { _ = try query.requiredString("model") }.contains("query parameter 'model' is missing"))
        #expect(
            error { try query.rejectUnknown() } == "unknown query parameter 'epoch'; did you mean 'epochs'?")
        let unknown = try reader(("zzzzzz", "1"))
        #expect(error { try unknown.rejectUnknown() }.contains("no query parameters are expected"))
    }
}
