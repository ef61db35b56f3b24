import APITesting
import Testing

/// The shapes and texts of flow diagrams, and their placement.
@Suite struct FlowDiagramTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    private static let article: JSON = ["timesteps": 3, "features": 2, "units": [128, 64]]

    private static func layers(_ layers: JSON..., timesteps: Int = 3) -> JSON {
        ["timesteps": .integer(timesteps), "features": 2, "layers": .array(layers)]
    }

    private static func lstm(_ units: Int, _ emitsSequence: Bool) -> JSON {
        ["type": "LSTM", "units": .integer(units), "return_sequences": .bool(emitsSequence)]
    }

    private static func bidirectional(_ units: Int, _ emitsSequence: Bool) -> JSON {
        ["type": "Bidirectional", "layer": lstm(units, emitsSequence)]
    }

    private static let dense: JSON = ["type": "TimeDistributed", "layer": ["type": "Dense", "units": 2]]
    private static let copies: JSON = ["type": "RepeatVector", "n": 3]

    /// The article's Figure 2.3.
    @Test func theArticlesAutoencoderHasTheBoxesAndArrowsOfItsFigure() throws {
        let picture = try api.diagram(Self.article)
        #expect(picture["input"].count == 3)
        #expect(picture["lstm"].count == 4 * 3)
        #expect(picture["copy"].count == 3)
        #expect(picture["dense"].count == 3)
        #expect(picture["vector"].count == 1)
        #expect(picture["state"].count == 4 * 2)
        // Arrows into the first two layers, the encoding, the copies (with the two lines of the fan-out) and
        // the next three layers, and out of the last layer.
        #expect(picture["line"].count - 4 * 2 == 3 + 3 + 1 + (2 + 3) + 3 + 3 + 3 + 3)
        for text in [
            "input", "(None, 3, 2)", "lstm", "LSTM · 67,072 params", "(None, 3, 128)", "lstm_1", "(None, 64)",
            "the encoding", "64 numbers", "repeat_vector", "RepeatVector · 0 params", "(None, 3, 64)",
            "TimeDistributed · 258 params", "sequential: 248,578 parameters", "3 timesteps of 2 features",
            "step 1", "step 3", "copy 3",
        ] { #expect(picture.texts.contains(text), "\(text)") }
        let description = try #require(picture.text(of: "desc"))
        #expect(description.contains("lstm_1 (LSTM) emits (None, 64), the encoding, with 49,408 parameters."))
    }

    /// The article's Figure 3.3.
    @Test func theArticlesStackedNetworkHasNoVectorOrCopies() throws {
        let picture = try api.diagram(Self.article.with(["architecture": "stacked"]))
        #expect(picture["lstm"].count == 4 * 3)
        #expect(picture["state"].count == 4 * 2)
        #expect(picture["vector"].isEmpty && picture["copy"].isEmpty)
        #expect(picture["line"].count - 4 * 2 == 6 * 3)
    }

    @Test func bothDirectionsOfABidirectionalLayerPassStatesOn() throws {
        let picture = try api.diagram(
            Self.layers(Self.bidirectional(5, true), Self.bidirectional(4, false), Self.copies, Self.dense))
        #expect(picture["lstm"].count == 2 * 2 * 3)
        #expect(picture["state"].count == 2 * 2 * 2)
        // Two arrows go into the vector, one from the end of each direction.
        #expect(picture["line"].count - 8 == 3 + 3 + 2 + (2 + 3) + 3 + 3)
        #expect(picture.texts.filter { $0 == "backward" }.count == 6)
        #expect(picture.texts.contains("Bidirectional · 320 params"))
    }

    @Test func aLayerOnAVectorHasOneBox() throws {
        let picture = try api.diagram(
            Self.layers(
                Self.lstm(5, false), ["type": "Dropout", "rate": 0.1], ["type": "Dense", "units": 4],
                Self.copies, Self.dense))
        #expect(picture["dropout"].count == 1)
        #expect(picture["dense"].count == 1 + 3)
        #expect(picture["vector"].count == 2, "the output of the LSTM, and the encoding")
        #expect(picture.texts.filter { $0 == "the encoding" }.count == 1)
        #expect(picture.texts.contains("one vector") && picture.texts.contains("4 numbers"))
    }

    @Test(arguments: [1, 2, 6, 7, 100, 1 << 20]) func manyTimestepsAreAbridged(timesteps: Int) throws {
        let picture = try api.diagram(
            Self.article.with(["timesteps": .integer(timesteps), "units": [1]]))
        let columns = min(timesteps, 6)
        let shown = timesteps > 6 ? 5 : timesteps
        #expect(picture["input"].count == shown)
        #expect(picture["lstm"].count == 2 * shown)
        // The gap has arrows too.
        #expect(picture["state"].count == 2 * (columns - 1))
        #expect(picture.texts.filter { $0 == "…" }.count == (timesteps > 6 ? 5 : 0))
        let last = timesteps == 1 << 20 ? "1,048,576" : "step \(timesteps)"
        #expect(picture.texts.contains(last))
        #expect(picture.texts.contains("step \(min(3, timesteps))"))
    }

    @Test func manyLayersAreAbridged() throws {
        let units = JSON.array((1...16).map { .integer($0) })
        let picture = try api.diagram(Self.article.with(["units": units]))
        // 16 + RepeatVector + 16 + TimeDistributed.
        #expect(picture.texts.contains("… 20 more layers"))
        #expect(picture.texts.filter { $0.contains(" params") }.count == 14)
        #expect(picture.texts.contains("lstm_6") && !picture.texts.contains("lstm_7"))
        #expect(!picture.texts.contains("lstm_25") && picture.texts.contains("lstm_26"))
        #expect(picture["lstm"].count == (7 + 6) * 3)
        let all = try api.diagram(Self.article.with(["units": [1, 2, 3, 4, 5, 6]]))
        #expect(!all.texts.contains { $0.contains("more layers") })
    }

    static let networks: [JSON] = [
        article, article.with(["timesteps": 1]),
        article.with(["timesteps": 100, "units": [64, 32, 16, 8, 4]]),
        article.with(["architecture": "stacked", "units": [6, 5, 4, 3, 2, 1]]),
        article.with(["units": .array((1...16).map { .integer($0) })]),
        layers(
            bidirectional(5, true), ["type": "Dropout", "rate": 0.5], bidirectional(4, false), copies,
            bidirectional(3, true), dense),
        layers(lstm(5, false), ["type": "Dense", "units": 4], ["type": "RepeatVector", "n": 50], dense),
        layers(bidirectional(2, false), timesteps: 1), layers(["type": "Dense", "units": 2], timesteps: 9),
    ]

    @Test(arguments: networks) func noShapesOverlapOrLeaveTheDocument(network: JSON) throws {
        let picture = try api.diagram(network)
        let root = picture.elements[0]
        #expect(
            root.attributes["viewBox"]
                == "0 0 \(root.attributes["width"] ?? "") \(root.attributes["height"] ?? "")")
        let boxes = picture.elements.filter { $0.name == "rect" && !$0.classes.contains("ground") }
        for (index, box) in boxes.enumerated() {
            #expect(box["x"] >= 0 && box["y"] >= 0)
            #expect(box["x"] + box["width"] <= root["width"] && box["y"] + box["height"] <= root["height"])
            for other in boxes[..<index] {
                let isSeparate =
                    box["x"] >= other["x"] + other["width"] || other["x"] >= box["x"] + box["width"]
                    || box["y"] >= other["y"] + other["height"] || other["y"] >= box["y"] + box["height"]
                #expect(isSeparate, "expected no overlap of \(box) and \(other)")
            }
        }
        // Labels end before the first box, at a width of 7 units for each character.
        let start = boxes.map { $0["x"] }.min() ?? 0
        for text in picture.elements where text.name == "text" && !text.classes.contains("middle") {
            #expect(text["y"] <= root["height"])
            guard text["y"] > 60, text["y"] < root["height"] - 40 else { continue }
            #expect(text["x"] + 7 * Double(text.text.count) < start, "\(text.text)")
        }
    }

    @Test func theDocumentHasNoReferences() throws {
        let response = try api.send(
            "POST", "/summary", fields: [(name: "Accept", value: "image/*")],
            body: Array("\(Self.article)".utf8))
        let picture = try Picture(response)
        #expect(picture.elements[0].attributes["role"] == "img")
        #expect(picture.text(of: "title") == "Layers of sequential")
        #expect(picture.text(of: "style")?.contains("prefers-color-scheme:dark") == true)
        #expect(
            Set(picture.elements.map(\.name)).isSubset(of: [
                "svg", "title", "desc", "style", "g", "rect", "path", "text",
            ]))
        #expect(response.text.ranges(of: "http").count == 1, "the namespace is the only URL")
        #expect(!response.text.contains("url(") && !response.text.contains("href"))
        #expect(response["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'")
    }

    @Test func theTitleIsTheModelsNameTruncatedToFit() throws {
        let name = String(repeating: "a", count: 128)
        #expect(try api.post("/train", Small.training(name)).status == 201)
        let picture = try Picture(api.get("/summary?model=\(name)", accept: "image/svg+xml"))
        #expect(picture.text(of: "title") == "Layers of \(name)")
        // The heading is truncated.
        let heading = try #require(picture["heading"].first?.text)
        #expect(heading.hasPrefix("aaaa") && heading.hasSuffix("…") && heading.count < 60)
    }
}
