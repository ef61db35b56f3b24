import ModelFiles
import ModelFormats
import ModelStore
import NeuralNetwork
import Testing
import TimeSeries
import Training

@Suite("A model file") struct ModelFileTests {
    private static let layers: Architecture = .layers([
        .bidirectional(LSTM(2, activation: .relu, recurrentActivation: .hardSigmoid)), .dropout(0.25),
        .repeatVector(3), .lstm(LSTM(3, returnSequences: true)), .dense(Dense(4, activation: .sigmoid)),
        .timeDistributed(Dense(2)),
    ])

    static let specifications: [TrainingSpecification] = [
        Example.specification(), Example.specification(scaling: .robust),
        Example.specification(.stacked(units: [2], activation: .linear), scaling: .none) {
            $0.validationSplit = 0.25
            $0.earlyStopping = EarlyStopping()
            $0.earlyStopping?.restoreBestWeights = true
            $0.reduceLROnPlateau = ReduceLROnPlateau()
            $0.reduceLROnPlateau?.factor = 0.3
        },
        Example.specification(layers, scaling: .minmax) {
            $0.loss = .huber
            $0.clipNorm = 0.1
            $0.shuffle = false
            $0.seed = UInt64(Int.max)
        },
    ]

    @Test(arguments: specifications.indices) func writtenModelsAreReadUnchanged(index: Int) throws {
        var specification = Self.specifications[index]
        specification.featureNames = index == 0 ? ["flow, in l/s", "\"p\"\n"] : nil
        let trained = try Example.train(specification)
        let file = ModelFile.bytes(of: trained)
        let read = try ModelFile.model(file, from: .repository)
        #expect(ModelFile.bytes(of: read) == file, "the file is written again byte by byte")
        #expect(read.model.weights == trained.model.weights)
        let (ours, theirs) = (trained.description, read.description)
        #expect(theirs.architecture == ours.architecture)
        #expect(theirs.scaler == ours.scaler)
        #expect(theirs.featureNames == specification.featureNames)
        #expect(theirs.training.options == ours.training.options)
        #expect(theirs.training.history.count == ours.training.history.count)
        #expect(theirs.training.epoch == ours.training.epoch)
        #expect(theirs.threshold == ours.threshold)
        #expect(theirs.errors == ours.errors)
        #expect(theirs.origin == ours.origin)
        #expect(theirs.warnings == ours.warnings)
        let windows = try Example.windows(4)
        #expect(read.reconstruct(windows).values == trained.reconstruct(windows).values)
        #expect(try ModelFileHeader(file, size: file.count).description().origin == ours.origin)
    }

    @Test func everyChangedBitAndEveryMissingByteIsDetected() throws {
        let file = ModelFile.bytes(of: try Example.model())
        for position in file.indices {
            var damaged = file
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(throws: ModelFileError.self, "byte \(position)") {
                try ModelFile.model(damaged, from: .repository)
            }
            #expect(throws: ModelFileError.self, "cut at \(position)") {
                try ModelFile.model(Array(file[..<position]), from: .repository)
            }
        }
    }

    @Test func aDamagedHeaderIsDetectedWithoutTheWeights() throws {
        let file = ModelFile.bytes(of: try Example.model())
        let end = try ModelFile.headerSize(file)
        for position in 0..<end {
            var damaged = Array(file[..<end])
            damaged[position] ^= 4
            #expect(throws: ModelFileError.self, "byte \(position)") {
                try ModelFileHeader(damaged, size: file.count)
            }
        }
    }

    @Test func dataThatWereCutOffAfterTheHeaderWasReadAreRefused() throws {
        let file = ModelFile.bytes(of: try Example.model())
        let header = try ModelFileHeader(file, size: file.count)
        #expect(throws: Never.self) { try ModelFile.model(header, data: file[header.dataStart...]) }
        for count in [0, 4, header.dataCount - 1] {
            let data = file[header.dataStart...].prefix(count)
            #expect(throws: ModelFileError.self, "\(count) bytes") { try ModelFile.model(header, data: data) }
            #expect(throws: ModelFileError.self, "\(count) bytes") { try header.verify(data) }
        }
    }

    // MARK: Imported files

    private func upload(_ metadata: [String: String], _ change: (inout [NamedTensor]) -> Void = { _ in })
        throws
    {
        let network = try Sequential(.stacked(units: [1]), timesteps: 2, features: 1)
        var tensors = network.parameters.map {
            NamedTensor(name: $0.name, shape: $0.shape, values: Array(repeating: 0.5, count: $0.count))
        }
        change(&tensors)
        let all = [
            "timesteps": "2", "features": "1", "architecture": "{\"architecture\":\"stacked\",\"units\":[1]}",
        ]
        .merging(metadata) { $1 }.filter { $0.value != "" }
        let file = SafeTensors.write(tensors, metadata: all.map { (name: $0.key, value: $0.value) })
        let model = try ModelFile.model(file, from: .upload)
        // An imported model is written with checksums.
        #expect(throws: Never.self) { try ModelFile.model(ModelFile.bytes(of: model), from: .repository) }
    }

    @Test func threeStringsOfMetadataAreEnough() throws {
        try upload([:])
        try upload(["format": "pt", "scaling": "{\"scaling\":\"standard\",\"offset\":[1],\"scale\":[2]}"])
        try upload(["feature_names": "[\"flow\"]"])
        try upload(["threshold": "{\"value\":0.25}", "history": "{\"loss\":[3,2]}"])
    }

    private static let refused: [(metadata: [String: String], detail: String)] = [
        (["timesteps": ""], "'timesteps'"), (["timesteps": "two"], "'two'"),
        (["features": "0"], "'features' is '0'"),
        (["architecture": ""], "no 'architecture'"), (["architecture": "[]"], "it must be an object"),
        (["architecture": "{"], "/architecture"),
        (["architecture": "{\"layers\":[{\"type\":\"GRU\",\"units\":1}]}"], "/layers/0/type"),
        (
            ["architecture": "{\"layers\":[{\"type\":\"LSTM\",\"units\":1}]}"],
            "a reconstruction has the window's shape"
        ),
        (["architecture": "{\"architecture\":\"stacked\",\"units\":[2]}"], "has shape"),
        (["architecture": "{\"architecture\":\"stacked\",\"units\":[1,1]}"], "there is no tensor"),
        (["features": "2"], "has shape"),
        (["scaling": "{\"scaling\":\"standard\",\"offset\":[1,2]}"], "2 numbers for 1 features"),
        (["scaling": "{\"scaling\":\"standard\",\"scale\":[0]}"], "greater than 0"),
        (["feature_names": "[\"a\",\"b\"]"], "are 2 for 1 features"),
        (["feature_names": "[1]"], "/feature_names/0"), (["feature_names": "a"], "/feature_names"),
        (["features": "2", "feature_names": "[\"a\",\"a\"]"], "repeats 'a'"),
        (["scaling": "{\"scaling\":\"none\",\"offset\":[1]}"], "is none"),
        (
            ["architecture": "{\"architecture\":\"stacked\",\"units\":[1],\"activaton\":\"relu\"}"],
            "did you mean"
        ),
        (["created_at": "yesterday"], "RFC 3339"), (["timesteps": "02"], "in digits"),
        (["threshold": "{}"], "\"value\""), (["threshold": "{\"value\":-1}"], "value"),
        (["errors": "{\"count\":1,\"ranked\":[2,1]}"], "ascending"),
        (["history": "{\"loss\":[1],\"val_loss\":[1,2]}"], "val_loss"),
        (["training": "{\"epochs\":0}"], "epochs"), (["data_sha256": "00"], "checksum"),
    ]

    @Test(arguments: refused.indices) func invalidMetadataAreRefused(index: Int) throws {
        let (metadata, detail) = Self.refused[index]
        let error = #expect(throws: ModelFileError.self) { try upload(metadata) }
        let description = try #require(error?.description).replacing("'", with: "\"")
        #expect(description.contains(detail.replacing("'", with: "\"")), "\(description)")
    }

    @Test func tensorsThatDoNotMatchTheArchitectureAreRefused() throws {
        #expect(throws: ModelFileError.self) { try upload([:]) { $0.removeLast() } }
        #expect(throws: ModelFileError.self) {
            try upload([:]) { $0.append(NamedTensor(name: "x", shape: [], values: [1])) }
        }
        #expect(throws: ModelFileError.self) {
            try upload([:]) {
                $0[0] = NamedTensor(name: $0[0].name, shape: $0[0].shape, values: [1, 2, 3, .nan])
            }
        }
    }
}
