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
        #expect(picture["input"].count == 2 * 3, "the input and the output")
        #expect(picture["lstm"].count == 4 * 3)
        #expect(picture["copy"].count == 3)
        #expect(picture["dense"].count == 3)
        #expect(picture["vector"].count == 1)
        #expect(picture["state"].count == 4 * 2)
        // Arrows into the first two layers, the encoding, the copies (with the two lines of the fan-out), the
        // next three layers and the output, and the two brackets.
        #expect(picture["line"].count - 4 * 2 == 3 + 3 + 1 + (2 + 3) + 3 + 3 + 3 + 3 + 2)
        for text in [
            "input", "one window", "lstm", "LSTM(128)", "return_sequences=True", "67,072 parameters",
            "lstm_1",
            "LSTM(64)", "return_sequences=False", "the encoding", "64 numbers", "repeat_vector",
            "RepeatVector(3)", "0 parameters", "TimeDistributed(Dense(2))", "258 parameters", "output",
            "the reconstruction", "sequential: 248,578 parameters", "3 timesteps of 2 features", "step 1",
            "step 3", "copy 3",
        ] { #expect(picture.texts.contains(text), "\(text)") }
        #expect(picture.texts.filter { $0 == "return_sequences=True" }.count == 3)
        // What each arrow carries, from input to output.
        #expect(
            picture["shape"].map(\.text) == [
                "3 × 2", "3 × 128", "1 × 64", "1 × 64", "3 × 64", "3 × 64", "3 × 128", "3 × 2",
            ])
        let description = try #require(picture.text(of: "desc"))
        #expect(description.contains("lstm_1 (LSTM) emits (None, 64), the encoding, with 49,408 parameters."))
    }

    /// The brackets of the article's Figure 2.3. The RepeatVector joins the two.
    @Test(arguments: [article, article.with(["units": .array((1...16).map { .integer($0) })])])
    func bracketsJoinTheLayersOfEncoderAndDecoder(network: JSON) throws {
        let picture = try api.diagram(network)
        #expect(picture["side"].map(\.text) == ["encoder", "decoder"])
        let brackets = picture["bracket"].map(\.heights)
        let layers = Set((picture["lstm"] + picture["dense"]).map(\.heights)).sorted { $0.top < $1.top }
        #expect(brackets.count == 2 && brackets[0].bottom < brackets[1].top)
        for bracket in brackets {
            let inside = layers.filter { $0.top >= bracket.top && $0.bottom <= bracket.bottom }
            #expect(inside.first?.top == bracket.top && inside.last?.bottom == bracket.bottom)
        }
        let first = layers.filter { $0.bottom <= brackets[0].bottom }.count
        #expect(first == (network == Self.article ? 2 : 7))
        #expect(layers.count - first == (network == Self.article ? 3 : 7))
    }

    /// The article's Figures 2.4a and 2.4b.
    @Test func anLSTMReturnsASequenceOrAVector() throws {
        let sequence = try api.diagram(Self.layers(Self.lstm(128, true)))
        #expect(sequence.texts.contains("return_sequences=True"))
        #expect(sequence["shape"].map(\.text) == ["3 × 2", "3 × 128"])
        #expect(sequence["input"].count == 2 * 3 && sequence["vector"].isEmpty)
        #expect(sequence["line"].count - 2 == 3 + 3)
        let vector = try api.diagram(Self.layers(Self.lstm(64, false)))
        #expect(vector.texts.contains("return_sequences=False") && vector.texts.contains("output"))
        #expect(vector["shape"].map(\.text) == ["3 × 2", "1 × 64"])
        #expect(vector["input"].count == 3 && vector["vector"].count == 1)
        #expect(vector["line"].count - 2 == 3 + 1)
        #expect(sequence["bracket"].isEmpty && vector["bracket"].isEmpty)
        #expect(!vector.texts.contains("the reconstruction"))
    }

    @Test func labelsHaveTheOptionsThatAreNotDefaults() throws {
        let lstm = Self.lstm(5, true).with(["activation": "relu"])
        let dense: JSON = ["type": "Dense", "units": 4, "activation": "sigmoid"]
        let picture = try api.diagram(
            Self.layers(
                lstm, ["type": "Bidirectional", "layer": lstm], dense,
                ["type": "TimeDistributed", "layer": dense], ["type": "Dropout", "rate": 0.25]))
        for text in [
            "LSTM(5, relu)", "Bidirectional(LSTM(5, relu))", "Dense(4, sigmoid)",
            "TimeDistributed(Dense(4, sigmoid))", "Dropout(0.25)",
        ] { #expect(picture.texts.contains(text), "\(text)") }
    }

    /// The article's Figure 3.3.
    @Test func theArticlesStackedNetworkHasNoVectorOrCopies() throws {
        let picture = try api.diagram(Self.article.with(["architecture": "stacked"]))
        #expect(picture["lstm"].count == 4 * 3)
        #expect(picture["state"].count == 4 * 2)
        #expect(picture["vector"].isEmpty && picture["copy"].isEmpty)
        #expect(picture["line"].count - 4 * 2 == 6 * 3)
        #expect(picture["bracket"].isEmpty && picture["side"].isEmpty)
        #expect(
            picture["shape"].map(\.text) == ["3 × 2", "3 × 128", "3 × 64", "3 × 64", "3 × 128", "3 × 2"])
    }

    @Test func bothDirectionsOfABidirectionalLayerPassStatesOn() throws {
        let picture = try api.diagram(
            Self.layers(Self.bidirectional(5, true), Self.bidirectional(4, false), Self.copies, Self.dense))
        #expect(picture["lstm"].count == 2 * 2 * 3)
        #expect(picture["state"].count == 2 * 2 * 2)
        // Two arrows go into the vector, one from the end of each direction.
        #expect(picture["line"].count - 8 == 3 + 3 + 2 + (2 + 3) + 3 + 3 + 2)
        #expect(picture.texts.filter { $0 == "backward" }.count == 6)
        #expect(picture.texts.contains("Bidirectional(LSTM(5))") && picture.texts.contains("320 parameters"))
        // Each direction passes 4 numbers to the encoding.
        #expect(
            picture["shape"].map(\.text) == [
                "3 × 2", "3 × 10", "1 × 4", "1 × 4", "1 × 8", "3 × 8", "3 × 2",
            ])
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

    @Test(arguments: [1, 2, 5, 6, 100, 1 << 20]) func manyTimestepsAreAbridged(timesteps: Int) throws {
        let picture = try api.diagram(
            Self.article.with(["timesteps": .integer(timesteps), "units": [1]]))
        let columns = min(timesteps, 5)
        let shown = timesteps > 5 ? 4 : timesteps
        #expect(picture["input"].count == 2 * shown)
        #expect(picture["lstm"].count == 2 * shown)
        // The gap has arrows too.
        #expect(picture["state"].count == 2 * (columns - 1))
        #expect(picture.texts.filter { $0 == "…" }.count == (timesteps > 5 ? 6 : 0))
        let last = timesteps == 1 << 20 ? "1,048,576" : "step \(timesteps)"
        #expect(picture.texts.contains(last))
        #expect(picture.texts.contains("step \(min(2, timesteps))"))
    }

    @Test func manyLayersAreAbridged() throws {
        let units = JSON.array((1...16).map { .integer($0) })
        let picture = try api.diagram(Self.article.with(["units": units]))
        // 16 + RepeatVector + 16 + TimeDistributed.
        #expect(picture.texts.contains("… 20 more layers"))
        #expect(picture.texts.filter { $0.contains(" parameter") }.count == 14 + 1)
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
        layers(bidirectional(2, false), timesteps: 1), layers(lstm(9, true)), layers(lstm(9, false)),
        article.with(["timesteps": .integer(1 << 20), "units": [1000]]),
        layers(bidirectional(700, true), bidirectional(700, false), copies, dense),
        layers(["type": "Dense", "units": 2], timesteps: 9),
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
        // Labels end before the first box, at a width of 7 units for each character. The shapes beside the
        // arrows do not leave the document, and cover no box.
        let start = boxes.map { $0["x"] }.min() ?? 0
        for text in picture.elements where text.name == "text" && !text.classes.contains("middle") {
            #expect(text["y"] <= root["height"])
            if text.classes.contains("shape") {
                #expect(text["x"] + 6.5 * Double(text.text.count) <= root["width"], "\(text.text)")
                #expect(!boxes.contains { $0["y"] < text["y"] && $0["y"] + $0["height"] > text["y"] - 8 })
                continue
            }
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

extension Picture.Element {
    struct Heights: Hashable {
        let top: Double
        let bottom: Double
    }

    /// The top and the bottom of a rectangle, or of the points of a path of straight lines.
    fileprivate var heights: Heights {
        guard let path = attributes["d"] else {
            return Heights(top: self["y"], bottom: self["y"] + self["height"])
        }
        let heights = path.split { $0 == "M" || $0 == "L" }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        return Heights(top: heights.min() ?? 0, bottom: heights.max() ?? 0)
    }
}
