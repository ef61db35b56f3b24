import Foundation
import Fuzzing
import Testing

/// Replays the corpus: the seeds, and the inputs of defects that were fixed.
struct CorpusTests {
    @Test(arguments: FuzzTarget.allCases)
    func theCorpusHasNoFindings(_ target: FuzzTarget) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzzing/Corpus/\(target)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 10)
        for file in files {
            let finding = target.finding(Array(try Data(contentsOf: file)))
            #expect(finding == nil, "\(file.lastPathComponent)")
        }
    }
}
