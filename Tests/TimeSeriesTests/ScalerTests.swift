import Foundation
import Testing
import TimeSeries

@Suite struct ScalerTests {
    private let series: Series<Double>

    init() throws {
        series = try Series(values: [1, 10, 7, 2, 20, 7, 3, 60, 7, 100, 0, 7], features: 3)
    }

    @Test func standardScalingIsFittedToTheGivenRowsOnly() {
        let scaler = Scaler(.standard, fittedTo: series, rows: [0..<3])
        #expect(scaler.offset == [2, 30, 7])
        #expect(abs(scaler.scale[0] - (2.0 / 3).squareRoot()) < 1e-6)
        #expect(scaler.scale[2] == 1, "a constant feature is not divided by zero")
        let rows = scaler.transform(series).values
        #expect(rows[2] == 0)
        #expect(abs(rows[0] + 1.224745) < 1e-5)
        for (back, original) in zip(scaler.inverseTransform(rows), series.values) {
            #expect(abs(back - original) < 1e-4)
        }
    }

    @Test func minmaxMapsToTheUnitRange() {
        let scaler = Scaler(.minmax, fittedTo: series, rows: [0..<3])
        let rows = scaler.transform(series).values
        #expect(rows[0] == 0 && rows[6] == 1 && rows[1] == 0 && rows[7] == 1)
        #expect(rows[9] > 1)
    }

    @Test func noneLeavesTheDataUnchanged() {
        let scaler = Scaler(.none, fittedTo: series, rows: [0..<4])
        #expect(scaler.transform(series).values == series.values.map { Float($0) })
        #expect(!scaler.needsDoublePrecision)
    }

    /// 10^9 + x scales as x does, to the last digit of float32 that the doubles hold.
    @Test func aLargeOffsetCostsNoPrecision() throws {
        let small = (0..<100).map { (Double($0) / 3).rounded() / 8 }
        let large = small.map { $0 + 1e9 }
        let (plain, moved) = (
            try Series(values: small, features: 1), try Series(values: large, features: 1)
        )
        let scaler = Scaler(.standard, fittedTo: moved, rows: [0..<100])
        #expect(scaler.needsDoublePrecision)
        let expected = Scaler(.standard, fittedTo: plain, rows: [0..<100]).transform(plain).values
        let scaled = scaler.transform(moved).values
        for (value, expected) in zip(scaled, expected) { #expect(abs(value - expected) < 1e-6) }
        for (back, original) in zip(scaler.inverseTransform(scaled), large) {
            #expect(abs(back - original) < 1e-5)
        }
    }

    @Test func scaledValuesAreLimited() throws {
        let series = try Series(values: [0, 2, 1e300, -1e300, .nan], features: 1)
        let scaled = Scaler(.standard, fittedTo: series, rows: [0..<2]).transform(series).values
        #expect(scaled[2] == Scaler.maxScaledValue && scaled[3] == -Scaler.maxScaledValue)
        #expect(scaled[4].isNaN)
    }

    @Test func robustScalingLeavesOutliersOut() throws {
        let plain = (0..<200).map { (row: Int) -> Double in sin(Double(row)) }
        var spoilt = plain
        for row in [3, 50, 120] { spoilt[row] = -9999 }
        let series = try Series(values: spoilt, features: 1)
        let outliers = Outliers(in: series, rows: [0..<200])
        let scaler = Scaler(.robust, fittedTo: series, rows: [0..<100, 100..<200], without: outliers)
        let rest = plain.indices.filter { ![3, 50, 120].contains($0) }.map { plain[$0] }
        let expected = Scaler(
            .standard, fittedTo: try Series(values: rest, features: 1), rows: [0..<rest.count])
        #expect(abs(scaler.offset[0] - expected.offset[0]) < 1e-12)
        #expect(abs(scaler.scale[0] - expected.scale[0]) < 1e-12)
        // Without outliers, it is standard scaling.
        #expect(
            Scaler(.robust, fittedTo: series, rows: [0..<200]).scale
                == Scaler(.standard, fittedTo: series, rows: [0..<200]).scale)
    }

    /// A constant is divided by 1e-4 of its value, so that the unit it is in does not matter.
    @Test(arguments: [(1e-5, 1e-9), (0.01, 1e-6), (-14.62, 1.462e-3), (1500, 0.15), (0, 1)])
    func robustScalingOfAConstantIsRelative(_ value: Double, _ scale: Double) throws {
        let series = try Series(values: [Double](repeating: value, count: 10), features: 1)
        let scaler = Scaler(.robust, fittedTo: series, rows: [0..<10])
        #expect(scaler.offset == [value] && abs(scaler.scale[0] - scale) < 1e-12 * scale)
        #expect(scaler.transform(series).values == [Float](repeating: 0, count: 10))
        #expect(!scaler.needsDoublePrecision)
    }

    /// Squares of values beyond 10^154 overflow a double.
    @Test(arguments: [Scaling.standard, .minmax, .robust])
    func valuesUpToTheLargestDoubleHaveAFiniteScale(_ scaling: Scaling) throws {
        for values in [
            [1, 2, 1e300, 3], [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude, 0, 1],
            [1e200, 3e200, 2e200, 5e200],
        ] {
            let series = try Series(values: values, features: 1)
            let scaler = Scaler(scaling, fittedTo: series, rows: [0..<4])
            #expect(scaler.offset[0].isFinite && scaler.scale[0].isFinite && scaler.scale[0] > 0)
            let scaled = scaler.transform(series).values
            #expect(scaled.allSatisfy { $0.isFinite } && scaled.max() ?? 0 > scaled.min() ?? 0)
            #expect(scaler.inverseTransform(scaled).allSatisfy { $0.isFinite })
        }
        let large = try Series(values: [1e200, 3e200], features: 1)
        #expect(Scaler(.standard, fittedTo: large, rows: [0..<2]).transform(large).values == [-1, 1])
    }

    @Test func aConstantFeatureWithALargeOffsetHasScaleOne() throws {
        let flat = try Series<Double>(values: [1e6, 1e6, 1e6], features: 1)
        #expect(Scaler(.standard, fittedTo: flat, rows: [0..<3]).scale == [1])
    }
}
