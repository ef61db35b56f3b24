import JSON
import Testing

/// Query parameters in place of the members of an object.
struct QueryTests {
    enum Loss: String, CaseIterable { case mse, mae }

    private func reader(_ query: (String, String)...) throws -> FieldReader {
        try FieldReader(query: query.map { (name: $0.0, value: $0.1) }, besides: ["series"])
    }

    @Test func aTextIsReadAsTheTypeThatTheGetterReturns() throws {
        var query = try reader(
            ("model", "12"), ("epochs", "12"), ("rate", "1e-3"), ("shuffle", "false"), ("loss", "mae"),
            ("units", "64,32"), ("more", "[1, 2]"), ("one", "7"), ("losses", "mse,mae"), ("names", "a b,1,"),
            ("quoted", "[\"a,b\"]"), ("stopping", "{\"patience\":5}"), ("nothing", "null"),
            ("layers", "[{\"type\":\"LSTM\"}]"))
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
        query.set("series", .tensor(Tensor(shape: [1, 1], values: [3])))
        #expect(try query.tensor("series")?.values == [3])
        try query.rejectUnknown()
    }

    @Test func aValueOfTheBodyReplacesAParameter() throws {
        var query = try reader(("labels", "anomaly"))
        #expect(try query.string("labels") == "anomaly")
        query.set("labels", .tensor(Tensor(shape: [2], values: [0, 1])))
        #expect(try query.tensor("labels", rank: 1...1)?.values == [0, 1])
        #expect(query.object.members.count == 1)
    }

    @Test func aWrongParameterIsAnErrorThatNamesIt() throws {
        func detail(_ body: () throws -> Void) -> String {
            #expect(throws: JSONError.self, performing: body)?.detail ?? ""
        }
        #expect(detail { _ = try reader(("a", "1"), ("a", "1")) }.contains("'a' occurs twice"))
        #expect(detail { _ = try reader(("series", "1")) }.contains("the body provides 'series'"))
        var query = try reader(("epochs", "ten"), ("epoch", "1"), ("flag", "1"), ("list", "1,x"))
        #expect(detail { _ = try query.int("epochs") } == "'epochs' is 'ten'; it must be an integer")
        #expect(detail { _ = try query.bool("flag") } == "'flag' is a number; it must be true or false")
        #expect(detail { _ = try query.ints("list") }.contains("element 1 of 'list'"))
        #expect(
            detail { _ = try query.requiredString("model") }.contains("query parameter 'model' is missing"))
        _ = query.has("series")
        #expect(
            detail { try query.rejectUnknown() } == "unknown query parameter 'epoch'; did you mean 'epochs'?")
        let unknown = try reader(("zzzzzz", "1"))
        #expect(detail { try unknown.rejectUnknown() }.contains("no query parameters are expected"))
    }

    @Test func membersOfTheBodyAreNotListedAsQueryParameters() throws {
        var query = try reader(("zzzzzz", "1"))
        _ = query.has("series")
        _ = query.has("epochs")
        let error = #expect(throws: JSONError.self) { try query.rejectUnknown() }
        #expect(error?.detail == "unknown query parameter 'zzzzzz'; known query parameters: 'epochs'")
        #expect(query.error("series", "is short").detail == "the body is short")
    }
}
