import Testing
import TimeSeries

/// Events from the scores of rows, and their match with labels.
@Suite struct EventRuleTests {
    private func rule(_ change: (inout EventRule) -> Void = { _ in }) -> EventRule {
        var rule = EventRule()
        change(&rule)
        return rule
    }

    private func rows(_ scores: [Float], _ change: (inout EventRule) -> Void = { _ in }) -> [ClosedRange<Int>]
    {
        rule(change).events(in: scores).map(\.rows)
    }

    @Test func anEventContinuesWhileScoresStayAboveTheEndLevel() {
        let scores: [Float] = [0, 0.9, 1.1, 0.9, 1.2, 0.85, 0.8, 1.1, 0]
        #expect(rows(scores) == [2...5, 7...7])
        #expect(rows(scores) { $0.end = 1 } == [2...2, 4...4, 7...7])
        #expect(rows(scores) { $0.end = 0.5 } == [2...7])
    }

    @Test func nearEventsMergeAndShortEventsAreDropped() {
        let scores: [Float] = [2, 0, 2, 2, 0, 0, 2, 2, 2]
        #expect(rows(scores) == [0...0, 2...3, 6...8])
        #expect(rows(scores) { $0.minimumLength = 2 } == [2...3, 6...8])
        #expect(rows(scores) { $0.mergeGap = 1 } == [0...3, 6...8])
        #expect(rows(scores) { $0.mergeGap = 2 } == [0...8])
        // The minimum length applies to merged events.
        #expect(
            rows(scores) {
                $0.mergeGap = 1
                $0.minimumLength = 4
            } == [0...3])
    }

    @Test func anEventHasItsPeakAndDuration() throws {
        let event = try #require(rule().events(in: [0, 2, 5, .nan, 3]).first)
        #expect(event == Event(rows: 1...2, peakRow: 2, peak: 5))
        #expect(event.duration == 2)
        let merged = rule { $0.mergeGap = 1 }.events(in: [0, 2, 5, .nan, 7])
        #expect(merged == [Event(rows: 1...4, peakRow: 4, peak: 7)])
    }

    @Test func eventsAreMatchedWithLabelledRanges() {
        let found = rule().events(in: [2, 2, 0, 2, 0, 0, 2, 2, 2])
        let labels = [false, true, true, false, false, true, false, false, true]
        let match = EventMatch(found: found, labels: labels)
        #expect(match.labelled == 3 && match.detected == 2)
        #expect(match.found == 3 && match.falseAlarms == 1)
        let none = EventMatch(found: [], labels: labels)
        #expect(none.detected == 0 && none.found == 0 && none.falseAlarms == 0)
        // Rows beyond the labels count as normal.
        #expect(EventMatch(found: found, labels: [true]).falseAlarms == 2)
    }

    @Test func aScoreEqualToTheThresholdIsNormal() {
        #expect(rows([1, 1, 1]).isEmpty)
        #expect(rows([]).isEmpty)
        #expect(rows([.nan, .nan]).isEmpty)
        #expect(rows([2, 2]) == [0...1])
    }
}
