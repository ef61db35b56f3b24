import Foundation
import Fuzzing
import Testing

/// Every seed, and every input that once led to a finding, stays without one.
struct CorpusTests {
    @Test(arguments: FuzzTarget.allCases)
    func nothingIsFoundInTheCorpus(_ target: FuzzTarget) throws {
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
