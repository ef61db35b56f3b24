import NeuralNetwork
import Testing
import TimeSeries

@Suite struct FitTests {
    /// Windows `[count][4][2]` of numbers between -1 and 1.
    private func noise(_ count: Int) throws -> Windows<Float> {
        try Windows(values: numbers(count * 4 * 2, stream: 11, limit: 1), timesteps: 4, features: 2)
    }
    private let network: Sequential
    private var options = TrainingOptions()

    init() throws {
        network = try Sequential(.autoencoder(units: [6, 3]), timesteps: 4, features: 2)
        options.epochs = 3
        options.batchSize = 20
    }

    @Test func theSameSeedGivesBitIdenticalWeights() throws {
        var options = options
        let windows = try noise(50)
        let first = try network.fit(windows, options: options)
        #expect(try network.fit(windows, options: options).weights == first.weights)
        options.seed = 1
        #expect(try network.fit(windows, options: options).weights != first.weights)
    }

    @Test func shuffleChangesTheOrderOfWindows() throws {
        var options = options
        let windows = try noise(50)
        let first = try network.fit(windows, options: options)
        options.shuffle = false
        #expect(try network.fit(windows, options: options).weights != first.weights)
    }

    @Test func earlyStoppingRestoresTheWeightsOfTheBestEpoch() throws {
        var options = options
        options.epochs = 200
        options.learningRate = 0.05
        options.validationSplit = 0.5
        var stopping = EarlyStopping()
        stopping.patience = 4
        stopping.restoreBestWeights = true
        options.earlyStopping = stopping
        let result = try network.fit(try noise(30), options: options)
        let losses = result.history.compactMap(\.validationLoss)
        let best = try #require(losses.min())
        #expect(result.history.count < 200, "training should have stopped early")
        #expect(losses[result.epoch - 1] == best)
        #expect(result.history.count == result.epoch + 4)
        // The weights are those of the best epoch: training for exactly that many epochs gives the same
        // weights.
        options.earlyStopping = nil
        options.epochs = result.epoch
        #expect(try network.fit(try noise(30), options: options).weights == result.weights)
    }

    /// Only the first epoch improves by `minDelta`, so the rate falls every `patience` epochs, down to
    /// `minLR`.
    @Test func reduceLROnPlateauLowersTheRateDownToItsMinimum() throws {
        var options = options
        options.epochs = 8
        options.learningRate = 0.5
        var plateau = ReduceLROnPlateau()
        plateau.monitor = .loss
        plateau.factor = 0.25
        plateau.patience = 2
        plateau.minDelta = 100
        plateau.minLR = 0.01
        options.reduceLROnPlateau = plateau
        let falling = try network.fit(try noise(50), options: options)
        #expect(
            falling.history.map(\.learningRate) == [0.5, 0.5, 0.5, 0.125, 0.125, 0.03125, 0.03125, 0.01])
        options.reduceLROnPlateau = nil
        let constant = try network.fit(try noise(50), options: options)
        #expect(constant.history.map(\.learningRate) == [Float](repeating: 0.5, count: 8))
        // The fourth epoch is the first with another rate.
        #expect(constant.history[..<3] == falling.history[..<3])
        #expect(constant.history[4].loss != falling.history[4].loss)
    }

    @Test func divergenceIsAnErrorThatNamesTheEpoch() throws {
        var options = options
        options.learningRate = 1e30
        let exploding = try Sequential(.autoencoder(units: [6], activation: .relu), timesteps: 4, features: 2)
        let error = #expect(throws: TrainingError.self) { try exploding.fit(noise(50), options: options) }
        guard case .diverged(let epoch) = error else {
            Issue.record("expected .diverged, found \(String(describing: error))")
            return
        }
        #expect((1...3).contains(epoch), "expected epoch 1, 2 or 3, found \(epoch)")
    }

    @Test func aNaNInTheDataIsDivergenceInTheFirstEpoch() throws {
        var values = numbers(20 * 8, stream: 1, limit: 1)
        values[37] = .nan
        let windows = try Windows(values: values, timesteps: 4, features: 2)
        #expect(throws: TrainingError.diverged(epoch: 1)) { try network.fit(windows, options: options) }
    }

    @Test func cancellationTakesEffectBeforeTheNextBatch() throws {
        var calls = 0
        #expect(throws: TrainingError.cancelled) {
            try network.fit(
                try noise(50), options: options,
                isCancelled: {
                    calls += 1; return calls > 4
                })
        }
        #expect(calls == 5, "training should stop at the first call that returns true")
    }

    @Test func everyEpochIsReportedInOrder() throws {
        var reports: [EpochReport] = []
        let result = try network.fit(try noise(50), options: options, onEpoch: { reports.append($0) })
        #expect(reports == result.history)
        #expect(reports.map(\.epoch) == [1, 2, 3])
    }

    @Test func dropoutIsActiveInTrainingOnly() throws {
        let layers: [Layer] =
            [.dropout(0.5)] + Architecture.stacked(units: [5]).layers(timesteps: 4, features: 2)
        let dropping = try Sequential(timesteps: 4, features: 2, layers: layers)
        let plain = try Sequential(.stacked(units: [5]), timesteps: 4, features: 2)
        let windows = try noise(40)
        let weights = plain.initialWeights(seed: 5)
        #expect(
            try Model(dropping, weights: weights).reconstruct(windows)
                == Model(plain, weights: weights).reconstruct(windows))
        // In training, dropout changes the loss, and the same seed gives the same loss.
        let losses = try [dropping, dropping, plain].map {
            try $0.fit(windows, options: options, initial: weights).history[0].loss
        }
        #expect(losses[0] == losses[1])
        #expect(losses[0] != losses[2])
    }

    @Test func optionsAndWindowsThatDoNotFitAreRefused() throws {
        var options = options
        options.earlyStopping = EarlyStopping()
        #expect(throws: TrainingError.self) { try network.fit(noise(10), options: options) }
        options.earlyStopping = nil
        options.reduceLROnPlateau = ReduceLROnPlateau()
        #expect(throws: TrainingError.self) { try network.fit(noise(10), options: options) }
        options.validationSplit = 0.5
        #expect(throws: Never.self) { try network.fit(noise(10), options: options) }
        for factor in [0, 1, -0.5, 1.5, .nan] {
            options.reduceLROnPlateau?.factor = factor
            #expect(throws: TrainingError.self) { try network.fit(noise(10), options: options) }
        }
        options.reduceLROnPlateau = nil
        options.validationSplit = 0.99
        #expect(throws: TrainingError.self) { try network.fit(noise(10), options: options) }
        let narrow = try Sequential(timesteps: 4, features: 2, layers: [.dense(Dense(1))])
        #expect(throws: TrainingError.self) { try narrow.fit(noise(10), options: TrainingOptions()) }
        let short = try Windows<Float>(values: [1, 2], timesteps: 1, features: 2)
        #expect(throws: TrainingError.self) { try network.fit(short, options: TrainingOptions()) }
    }
}

@Suite struct ModelTests {
    @Test func aWindowGivesTheSameBitsAloneAndInABatch() throws {
        let network = try Sequential(.autoencoder(units: [16, 8]), timesteps: 6, features: 3)
        let model = try Model(network, weights: network.initialWeights(seed: 9))
        let windows = try Windows(values: numbers(201 * 18, stream: 2, limit: 1), timesteps: 6, features: 3)
        let together = model.reconstruct(windows)
        let encodings = try #require(model.encode(windows))
        for index in 0..<201 {
            let alone = model.reconstruct(windows[index..<index + 1])
            #expect(zip(alone, together[(index * 18)...]).allSatisfy { $0 == $1 })
            let encoding = try #require(model.encode(windows[index..<index + 1]))
            #expect(zip(encoding, encodings[(index * 8)...]).allSatisfy { $0 == $1 })
        }
        #expect(model.reconstruct(windows[0..<0]).isEmpty)
    }
}
