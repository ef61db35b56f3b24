import APITesting
import ModelFiles
import ModelFormats
import ModelStore
import NeuralNetwork
import Testing
import TimeSeries
import Training

/// Entries and members that this release does not know, in files that it stores again.
@Suite("Unknown metadata") struct UnknownMetadataTests {
    private static let scaling =
        "{\"scaling\": \"standard\",\"offset\":[1e0,2],\"scale\":[1,1],\"unit\":{\"of\":[1,null]}}"

    /// A file with an unknown entry, and unknown members at both levels of a document.
    private func file() throws -> ChangedModelFile {
        try ChangedModelFile(ModelFile.bytes(of: Example.model())) { metadata in
            for index in metadata.indices {
                switch metadata[index].name {
                case "scaling": metadata[index].value = Self.scaling
                case "detector", "threshold", "architecture":
                    metadata[index].value = "{\"later\": [[1.50]]," + metadata[index].value.dropFirst()
                case "baseline_errors":
                    metadata[index].value.replace("\"pca\":{", with: "\"pca\":{\"later\":1,")
                default: break
                }
            }
            metadata.append(("calibration.later", "\u{1}any \"text\"\n"))
        }
    }

    private func metadata(_ file: [UInt8]) throws -> [String: String] {
        let header = try SafeTensors.read(file).header
        return Dictionary(uniqueKeysWithValues: header.metadata.map { ($0.name, $0.value) })
    }

    @Test func survivesAnUpload() throws {
        let sent = try file()
        let trained = try ModelFile.model(sent.bytes, from: .upload)
        #expect(trained.description.scaler.offset == [1, 2], "known members are read")
        var (before, after) = (try metadata(sent.bytes), try metadata(ModelFile.bytes(of: trained)))
        for name in ["sha256", "data_sha256"] { (before[name], after[name]) = (nil, nil) }
        #expect(after == before)
        let again = try ModelFile.model(ModelFile.bytes(of: trained), from: .repository)
        #expect(ModelFile.bytes(of: again) == ModelFile.bytes(of: trained), "nothing is added twice")
    }

    @Test func survivesAWarmStart() throws {
        let folder = try TemporaryFolder()
        let registry = try Example.registry(folder.path)
        _ = try registry.publish("m", ModelFile.model(file().bytes, from: .upload))
        let base = try #require(try Example.registry(folder.path).entry("m"))
        let trained = try PlannedTraining(
            TrainingSpecification(warmStart: base, options: TrainingOptions()), on: Example.windows()
        ).run()
        let after = try metadata(ModelFile.bytes(of: trained))
        #expect(after["calibration.later"] == "\u{1}any \"text\"\n")
        #expect(after["scaling"] == Self.scaling)
        #expect(after["architecture"]?.contains("later") == true)
        #expect(after["threshold"]?.contains("later") == false, "the threshold is another one")
        #expect(after["detector"]?.contains("later") == false)
    }

    @Test func ofAnUploadIsBounded() throws {
        let large = try ChangedModelFile(ModelFile.bytes(of: Example.model())) {
            $0.append(("x", String(repeating: "x", count: 1 << 20)))
        }
        let error = #expect(throws: ModelFileError.self) { try ModelFile.model(large.bytes, from: .upload) }
        #expect(error?.description.contains("the limit is 1048576") == true)
    }

    @Test func ofAHandmadeFileIsMisspelt() throws {
        let file = try ChangedModelFile(ModelFile.bytes(of: Example.model())) { metadata in
            metadata.removeAll { $0.name == "requires" || $0.name == "data" }
            metadata.append(("data", "{\"windows\":1,\"sha256\":\"\",\"windws\":1}"))
        }
        var handmade = file.bytes
        // Without checksums of its own, the header may be edited.
        handmade.replaceSubrange(40..<48, with: "00000000".utf8)
        let error = #expect(throws: ModelFileError.self) { try ModelFile.model(handmade, from: .upload) }
        #expect(error?.description.contains("did you mean") == true)
        #expect(error?.isNewer == false)
    }

    @Test func thatIsRequiredIsNewer() throws {
        let bytes = ModelFile.bytes(of: try Example.model())
        for file in [
            try ChangedModelFile(bytes, requiring: "magic"),
            try ChangedModelFile(bytes, "scaling", "standard", "quantile"),
        ] {
            let error = #expect(throws: ModelFileError.self) {
                try ModelFile.model(file.bytes, from: .upload)
            }
            #expect(error?.isNewer == true, "\(String(describing: error))")
        }
        for value in ["magic", "[1]", "{}", ""] {
            let file = try ChangedModelFile(bytes) { metadata in
                metadata.removeAll { $0.name == "requires" }
                metadata.append(("requires", value))
            }
            #expect(throws: ModelFileError.self, "\(value)") {
                try ModelFile.model(file.bytes, from: .upload)
            }
        }
    }
}
