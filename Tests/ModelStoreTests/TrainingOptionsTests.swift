import ModelFiles
import ModelFormats
import NeuralNetwork
import Testing

@Suite("Training options in a model file") struct TrainingOptionsTests {
    /// The `training` document of a model's file.
    private func document(_ change: (inout TrainingOptions) -> Void) throws -> String? {
        let file = ModelFile.bytes(of: try Example.train(Example.specification { change(&$0) }))
        return try SafeTensorsHeader(file, fileSize: file.count)["training"]
    }

    @Test func defaultsAreWrittenInAFixedOrder() throws {
        let expected =
            #"{"epochs":3,"batch_size":32,"learning_rate":0.001,"loss":"mse","validation_split":0,"#
            + #""shuffle":true,"seed":0}"#
        #expect(try document { _ in } == expected)
    }

    @Test func allOptionsAreWrittenInAFixedOrder() throws {
        let expected =
            #"{"epochs":3,"batch_size":4,"learning_rate":0.01,"loss":"huber","validation_split":0.25,"#
            + #""shuffle":false,"clip_norm":0.1,"seed":7,"#
            + #""early_stopping":{"patience":2,"min_delta":0.5,"monitor":"loss","#
            + #""restore_best_weights":true},"#
            + #""reduce_lr_on_plateau":{"monitor":"val_loss","factor":0.3,"patience":3,"min_delta":0.001,"#
            + #""cooldown":1,"min_lr":1e-05}}"#
        let document = try document {
            $0.batchSize = 4
            $0.learningRate = 0.01
            $0.loss = .huber
            $0.validationSplit = 0.25
            $0.shuffle = false
            $0.clipNorm = 0.1
            $0.seed = 7
            var stopping = EarlyStopping()
            stopping.patience = 2
            stopping.minDelta = 0.5
            stopping.monitor = .loss
            stopping.restoreBestWeights = true
            $0.earlyStopping = stopping
            var plateau = ReduceLROnPlateau()
            plateau.factor = 0.3
            plateau.patience = 3
            plateau.minDelta = 1e-3
            plateau.cooldown = 1
            plateau.minLR = 1e-5
            $0.reduceLROnPlateau = plateau
        }
        #expect(document == expected)
    }

    /// A property without a field would be lost in requests and in model files.
    @Test func everyPropertyHasAField() {
        func count(_ options: Any) -> Int { Mirror(reflecting: options).children.count }
        #expect(TrainingOptions.fields.count == count(TrainingOptions()))
        #expect(EarlyStopping.fields.count == count(EarlyStopping()))
        #expect(ReduceLROnPlateau.fields.count == count(ReduceLROnPlateau()))
    }
}
