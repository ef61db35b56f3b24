import APITesting
import ModelFiles
import ModelFormats
import NeuralNetwork
import Testing
import TimeSeries
import Training

/// What a model's file says about the rows before they are scaled.
@Suite struct PreparationTests {
    private static let second = TimeSpan(nanoseconds: 1_000_000_000)
    private static let cases: [(Preparation, requires: String)] = [
        (Preparation(), "[]"),
        (Preparation(gaps: .none, interval: second), "[]"),
        (
            Preparation(
                resampling: Resampling(interval: second, aggregate: .last), gaps: .longer(than: 3 * second),
                interval: second), "[\"resampling\"]"
        ),
        (
            Preparation(
                interval: second,
                differences: Differences(
                    features: [.init(index: 0, isCounter: true), .init(index: 1, isCounter: false)],
                    interval: second)), "[\"difference\"]"
        ),
        (
            Preparation(
                resampling: Resampling(interval: second),
                differences: Differences(features: [.init(index: 1, isCounter: true)], interval: nil)),
            "[\"difference\",\"resampling\"]"
        ),
    ]

    private func model(_ preparation: Preparation) throws -> TrainedModel {
        var specification = Example.specification()
        specification.preparation = preparation
        return try PlannedTraining(specification, on: Example.windows()).run()
    }

    @Test func aFileKeepsIt() throws {
        for (preparation, requires) in Self.cases {
            let bytes = ModelFile.bytes(of: try model(preparation))
            #expect(try ModelFile.model(bytes, from: .repository).description.preparation == preparation)
            let metadata = try SafeTensors.read(bytes).header.metadata
            #expect(metadata.first { $0.name == "requires" }?.value == requires)
            #expect(metadata.contains { $0.name == "preparation" } == (preparation != Preparation()))
        }
    }

    @Test(
        arguments: [
            (#"{"interval":"soon"}"#, "must be a number of seconds"),
            (#"{"aggregate":"last"}"#, "requires an interval"),
            (#"{"difference":{"features":[2]}}"#, "must"),
            (#"{"difference":{"features":[0,0]}}"#, "unique indices"),
            (#"{"difference":{"features":[]}}"#, "unique indices"),
        ])
    func anInvalidOneIsRefused(document: String, reason: String) throws {
        let file = try ChangedModelFile(ModelFile.bytes(of: model(Self.cases[1].0))) { metadata in
            for index in metadata.indices where metadata[index].name == "preparation" {
                metadata[index].value = document
            }
        }
        let error = #expect(throws: ModelFileError.self) { try ModelFile.model(file.bytes, from: .upload) }
        #expect(error?.description.contains("metadata /preparation") == true, "\(String(describing: error))")
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
}
