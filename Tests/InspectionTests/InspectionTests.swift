import DataFormats
import Foundation
import Inspection
import Testing
import TimeSeries

/// What tables are, and what is odd about them.
@Suite struct InspectionTests {
    /// A table of features, each computed from the row.
    private static func table(
        rows: Int = 400, _ features: KeyValuePairs<String, @Sendable (Int) -> Double>,
        recordings: [Range<Int>]? = nil
    ) -> Table {
        Table(
            features: features.map(\.key), featureCount: features.count,
            values: (0..<rows).flatMap { row in features.map { $0.value(row) } }, recordings: recordings)
    }

    @Sendable private static func wave(_ row: Int) -> Double { sin(Double(row) / 3) }

    /// A feature, and the code and the level of its warning; nil for none.
    private static let cases:
        [(title: String, feature: @Sendable (Int) -> Double, WarningCode?, Warning.Level?)] = [
            ("a wave", wave, nil, nil),
            ("constant", { _ in 14.62 }, .constantColumn, .warning),
            ("a clock", { 1.7e9 + Double($0) }, .monotoneColumn, .error),
            ("a clock that falls", { 400 - Double($0) }, .monotoneColumn, .error),
            ("a counter", { 4e12 + 1500 * Double($0) + Double($0 * 7919 % 13) }, .monotoneColumn, .error),
            ("two stages", { Double($0 / 200) }, nil, nil),
            ("numbers of batches", { Double($0 / 100) }, .monotoneColumn, .error),
            ("numbers of 19 units", { 1 + Double($0 / 22) }, .monotoneColumn, .error),
            ("stages that come again", { Double($0 / 50 % 4) }, nil, nil),
            ("stages of fractions", { Double($0 / 100) / 4 }, nil, nil),
            ("a failed reading at 13 deviations", { $0 % 90 == 3 ? 0 : 14 + wave($0) }, .outliers, .warning),
            ("a tail", { $0 % 20 == 7 ? 4 * pow(1.2, Double($0 / 20)) : wave($0) }, .outliers, .warning),
            ("exponential", { -log((Double($0 * 7919 % 401) + 1) / 402) }, nil, nil),
            ("60 % missing", { $0 % 5 < 3 ? .nan : wave($0) }, .mostlyMissing, .warning),
            ("98 % missing", { $0 % 50 == 0 ? wave($0) : .nan }, .mostlyMissing, .error),
            ("40 % missing", { $0 % 5 < 2 ? .nan : wave($0) }, nil, nil),
            ("a sentinel", { $0 % 80 == 7 ? -9999 : wave($0) }, .outliers, .warning),
            ("one value of 1e300", { $0 == 99 ? 1e300 : wave($0) }, .outliers, .warning),
            ("bursts are normal", { $0 % 20 == 0 ? 1000 + Double($0) : 0 }, nil, nil),
            ("rare events are normal", { $0 % 100 == 0 ? 1 : 0 }, nil, nil),
            ("a drifting wave", { wave($0) + Double($0) / 1000 }, nil, nil),
        ]

    @Test func eachOddColumnIsWarnedOfOnce() {
        for (title, feature, code, level) in Self.cases {
            let inspection = Inspection(Self.table(["x": feature, "y": Self.wave]))
            #expect(inspection.warnings.map(\.code) == [code].compactMap { $0 }, "\(title)")
            #expect(inspection.warnings.map(\.level) == [level].compactMap { $0 }, "\(title)")
            #expect(inspection.warnings.allSatisfy { $0.columns == ["x"] && $0.message.contains("'x'") })
        }
    }

    @Test func outliersAreListedWithValueAndRows() throws {
        let feature = try #require(Self.cases.first { $0.title == "a sentinel" }).feature
        let inspection = Inspection(Self.table(["x": feature]))
        let warning = try #require(inspection.warnings.first)
        #expect(warning.rows == [7..<8, 87..<88, 167..<168, 247..<248, 327..<328])
        #expect(warning.message.contains("The value -9999 of 'x' in 5 rows, the first of which is 7,"))
        #expect(inspection.columns[0].statistics?.badRows == [7, 87, 167, 247, 327])
        // Rows that are left out do not count.
        let excluded = (0..<400).map { $0 % 80 == 7 }
        #expect(
            Inspection(Self.table(["x": feature]), excluded: excluded).warnings.isEmpty)
    }

    @Test func statisticsAreThoseOfTheKnownValues() throws {
        let values: [Double] = [3, .nan, 1, 2, 2, 10]
        let inspection = Inspection(Self.table(rows: 6, ["x": { values[$0] }]))
        let statistics = try #require(inspection.columns[0].statistics)
        #expect(
            statistics.missing == 1 && statistics.missingShare == 1.0 / 6 && statistics.missingRows == [1])
        #expect(statistics.minimum == 1 && statistics.median == 2 && statistics.maximum == 10)
        #expect(statistics.medianAbsoluteDeviation == 1 && statistics.distinct == 4)
        let none = Inspection(Self.table(rows: 6, ["x": { _ in .nan }, "y": { Double($0 % 2) }]))
        #expect(none.columns[0].statistics?.median == nil && none.suggestions.ignore == ["x"])
        #expect(none.warnings.map(\.code) == [.mostlyMissing])
    }

    @Test func suggestionsSuitTheData() {
        let suggestions = Inspection(
            Self.table([
                "wave": Self.wave, "clock": { Double($0) }, "counter": { Double($0 * $0) },
                "other": { cos(Double($0) / 3) },
            ])
        ).suggestions
        #expect(suggestions.ignore == ["clock"] && suggestions.difference == ["counter"])
        // The period is 6π.
        #expect(suggestions.timesteps == 19)
        #expect(suggestions.scaling == nil)
        #expect(Inspection(Self.table(rows: 8, ["wave": Self.wave])).suggestions.isEmpty)
        // The only feature is not suggested to be left out.
        #expect(Inspection(Self.table(["clock": { Double($0) }])).suggestions.ignore.isEmpty)
    }

    @Test func anIndexOfShuffledRowsIsTold() throws {
        let shuffled = Inspection(
            Self.table(rows: 31, ["id": { Double($0 * 7 % 31 + 4) }, "wave": Self.wave]))
        #expect(shuffled.warnings.map(\.code) == [.monotoneColumn])
        #expect(shuffled.warnings.first?.message.contains("from 4 to 34") == true)
        #expect(shuffled.suggestions.ignore == ["id"])
        // Two rows of one number, and a gap between the numbers.
        for other in [4.0, 99] {
            let values: @Sendable (Int) -> Double = { row in row == 3 ? other : Double(row * 7 % 31 + 4) }
            let inspection = Inspection(Self.table(rows: 31, ["id": values, "wave": Self.wave]))
            #expect(!inspection.warnings.contains { $0.code == .monotoneColumn })
        }
    }

    @Test func numbersOfBatchesAreSuggestedAsRecordings() throws {
        func suggestions(_ rowsOfBatch: Int, _ options: TableOptions = TableOptions()) throws -> Suggestions {
            let rows = (0..<(4 * rowsOfBatch)).map { (row: Int) -> String in
                "\(row / rowsOfBatch + 7),\(Self.wave(row)),\(row % 5)\n"
            }
            return Inspection(
                try Table(csv: Array(("batch,a,b\n" + rows.joined()).utf8), options)
            ).suggestions
        }
        let long = try suggestions(100)
        #expect(long.recording == "batch" && long.ignore.isEmpty)
        // Too short for windows.
        let short = try suggestions(10)
        #expect(short.recording == nil && short.ignore == ["batch"])
        // There are recordings, and other data cannot name a column.
        #expect(try suggestions(100, TableOptions(recording: "batch")).recording == nil)
        let array = Inspection(Self.table(["batch": { Double($0 / 100) }, "a": Self.wave])).suggestions
        #expect(array.recording == nil && array.ignore == ["batch"])
        // The only feature remains.
        let only = Inspection(Self.table(["batch": { Double($0 / 100) }])).suggestions
        #expect(only.recording == nil && only.ignore.isEmpty)
    }

    @Test func anIntervalIsSuggestedForColumnsWithTimesOfTheirOwn() throws {
        func suggestions(_ features: KeyValuePairs<String, @Sendable (Int) -> Double>) throws -> Suggestions {
            var table = Self.table(features)
            table.timestamps = try Timestamps(integers: (0..<400).map { Int64($0) })
            return Inspection(table).suggestions
        }
        let two = try suggestions([
            "a": { $0 % 2 == 0 ? Self.wave($0) : .nan }, "b": { $0 % 2 == 1 ? Self.wave($0) : .nan },
        ])
        #expect(two.interval == TimeSpan("2s"))
        // The slowest of three, every 20 s, in a usual length.
        let three = try suggestions([
            "a": { $0 % 2 == 0 ? Self.wave($0) : .nan }, "b": { $0 % 4 == 1 ? Self.wave($0) : .nan },
            "c": { $0 % 20 == 3 ? Self.wave($0) : .nan },
        ])
        #expect(three.interval == TimeSpan("30s"))
        // A column of which some values are missing.
        #expect(
            try suggestions(["a": Self.wave, "b": { $0 % 3 == 0 ? .nan : Self.wave($0) }]).interval == nil)
    }

    @Test func labelsAreSuggestedToBeExcluded() throws {
        let csv = { (name: String, other: String) in
            try Table(csv: Array("a,\(name)\n0.5,0\n1.5,1\n2.5,\(other)\n".utf8), TableOptions())
        }
        for name in ["anomaly", "is_anomaly", "IsAnomaly", "Label", "fault"] {
            #expect(try Inspection(csv(name, "0")).suggestions.exclude == name, "\(name)")
        }
        for name in [
            "Anomaly_Label", "isAttack", "Normal/Attack", "machine_failure", "changepoint", "alarm",
        ] {
            let inspection = try Inspection(csv(name, "0"))
            #expect(inspection.suggestions.exclude == name, "\(name)")
            let warning = try #require(inspection.warnings.first { $0.code == .labelColumn })
            #expect(warning.columns == [name] && warning.level == .warning)
            #expect(warning.message.contains("exclude") && warning.message.contains("ignore"))
        }
        for (name, other) in [("anomaly", "0.5"), ("pump_is_on", "0"), ("fault_relay_2_is_closed", "0")] {
            #expect(
                try !Inspection(csv(name, other)).warnings.contains { $0.code == .labelColumn }, "\(name)")
        }
        // Only flags can be excluded.
        let signs = try Inspection(Table(csv: Array("a,label\n0.5,1\n1.5,-1\n2.5,1\n".utf8)))
        #expect(signs.suggestions.exclude == nil && signs.suggestions.ignore == ["label"])
        #expect(signs.warnings.contains { $0.code == .labelColumn && $0.message.contains("-1 or 1") })
        // A second column of labels is left out, and others beside those that the request has named.
        let two = try Table(
            csv: Array("a,anomaly,changepoint\n0.5,0,0\n1.5,1,0\n2.5,0,1\n".utf8), TableOptions())
        #expect(Inspection(two).suggestions.exclude == "anomaly")
        #expect(Inspection(two).suggestions.ignore == ["changepoint"])
        // A measurement, and features that are called otherwise.
        #expect(try Inspection(csv("anomaly", "0.5")).suggestions.exclude == nil)
        #expect(try Inspection(csv("pump_is_on", "0")).suggestions.exclude == nil)
        // Labels that the request has named, and the only feature.
        let named = try Table(
            csv: Array("a,anomaly\n1,0\n2,1\n".utf8), TableOptions(labels: ["exclude": "anomaly"]))
        #expect(Inspection(named).suggestions.exclude == nil)
        let only = try Table(csv: Array("anomaly\n0\n1\n".utf8), TableOptions())
        #expect(Inspection(only).suggestions.exclude == nil)
    }

    @Test func aPreviewHasTheRangeOfEachPoint() throws {
        let values: [Double] = [3, 1, .nan, .nan, 5, 7, -2]
        var table = Self.table(
            rows: 7, ["x": { values[$0] }, "y": { Double($0) }], recordings: [0..<2, 2..<6, 6..<7])
        table.flags = ["exclude": [false, false, false, true, false, false, false]]
        let preview = try #require(Inspection(table, previewPoints: 4).preview)
        #expect(preview.rowsPerPoint == 2 && preview.firstRows == [0, 2, 4, 6])
        #expect(preview.columns.map(\.name) == ["x", "y"])
        let x = preview.columns[0]
        #expect("\(x.minimum)" == "[1.0, nan, 5.0, -2.0]" && "\(x.maximum)" == "[3.0, nan, 7.0, -2.0]")
        #expect(preview.columns[1].minimum == [0, 2, 4, 6] && preview.columns[1].maximum == [1, 3, 5, 6])
        #expect(preview.flags == [false, true, false, false])
        #expect(preview.recordings == [0..<2, 2..<6, 6..<7])
        let whole = try #require(Inspection(table, previewPoints: 7).preview)
        #expect(whole.rowsPerPoint == 1 && whole.columns[1].minimum == whole.columns[1].maximum)
        let one = try #require(Inspection(table, previewPoints: 1).preview)
        #expect(one.rowsPerPoint == 7 && one.recordings == [0..<2] && one.columns[0].maximum == [7])
        #expect(Inspection(table).preview == nil)
        // The number of values is bounded, too.
        let wide = Table(
            features: nil, featureCount: 4096, values: [Double](repeating: 0, count: 4096 * 1000))
        #expect(Inspection(wide, previewPoints: 1000).preview?.rowsPerPoint == 8)
    }

    @Test func aTrendIsSoughtWithinRecordings() {
        let recordings = (0..<4).map { ($0 * 100)..<(($0 + 1) * 100) }
        let table = Self.table(["x": { Double($0 % 100) }], recordings: recordings)
        #expect(Inspection(table).warnings.map(\.code) == [.monotoneColumn])
        let oneRecording = Self.table(["x": { Double($0 % 100) }])
        #expect(Inspection(oneRecording).warnings.isEmpty)
        // Windows are too short for a trend.
        let windows = Self.table(
            ["x": { Double($0 % 100) }], recordings: (0..<100).map { ($0 * 4)..<(($0 + 1) * 4) })
        #expect(Inspection(windows, timesteps: 4).warnings.isEmpty)
    }

    @Test func timesAreReported() throws {
        var table = Self.table(rows: 24, ["x": Self.wave])
        // A step of 10 s, once none and once a long one.
        var times: [Int64] = []
        for row in 0..<24 {
            let step: Int64 = row == 0 || row == 12 ? 0 : row == 18 ? 500 : 10
            times.append((times.last ?? 0) + step)
        }
        table.timestamps = try Timestamps(integers: times)
        let time = try #require(Inspection(table).time)
        #expect(time.interval == 10 && time.duplicates == 1 && time.gaps == [18], "\(time)")
        #expect(time.order == .ascending)
        table.timestamps = try Timestamps(integers: times.reversed())
        #expect(Inspection(table).time?.order == .descending)
        table.timestamps = try Timestamps(integers: (0..<24).map { Int64($0 * 7 % 24) })
        #expect(Inspection(table).time?.order == .unordered)
    }
}
