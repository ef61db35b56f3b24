import APITesting
import Glibc
import ServingAPI
import Testing

/// What `reprise keys` does to a file.
@Suite struct KeyFileEditorTests {
    private let file = TemporaryKeyFile()
    private let digests = ["ab", "cd", "ef"].map { String(repeating: $0, count: 32) }
    private var editor: KeyFileEditor { KeyFileEditor(file.path) }

    @Test func removingAKeyKeepsAllOtherLines() throws {
        let before = "# keys\r\n\r\n  a\tread \(digests[0])  # the first\r\n"
        let after = "# a read is not a key\nmalformed a\n c infer \(digests[2])"
        chmod(file.path, 0o640)
        file.write("\(before)b read \(digests[1]) rate=1/s # gone\n\(after)")
        chmod(file.path, 0o640)
        try editor.remove("b")
        #expect(file.text == before + after)
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        let error = #expect(throws: APIKeyError.self) { try editor.remove("b") }
        #expect(error?.description.contains("no key of this name") == true)
        #expect(file.text == before + after)
        try editor.remove("c")
        #expect(file.text.hasSuffix("malformed a\n"))
    }

    @Test func aLinkStaysALink() throws {
        file.write("a read \(digests[0])\n")
        let link = "\(file.path).link"
        symlink(file.path, link)
        defer { unlink(link) }
        try KeyFileEditor(link).remove("a")
        #expect(file.text == "")
        var status = stat()
        #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func aLineIsAppendedAfterALineFeed() throws {
        file.write("a read \(digests[0])")
        try editor.append("b read \(digests[1])")
        #expect(file.text == "a read \(digests[0])\nb read \(digests[1])\n")
        #expect(try editor.keys().map(\.name) == ["a", "b"])
    }

    /// Before, the second line made the server refuse the file.
    @Test func aNameIsNotAppendedTwice() throws {
        try editor.append("a read \(digests[0])")
        let error = #expect(throws: APIKeyError.self) { try editor.append("a read \(digests[1])") }
        #expect(error?.description.contains("has a key of this name") == true)
        #expect(file.text == "a read \(digests[0])\n")
    }

    @Test func twoCommandsAtATimeLoseNothing() throws {
        let path = file.path
        let writers = (0..<4).map { writer in
            Future {
                for number in 0..<25 {
                    let line = try APIKey.make("k\(writer)-\(number)", "read").line
                    try KeyFileEditor(path).append(String(line.dropLast()))
                    if !number.isMultiple(of: 2) { try KeyFileEditor(path).remove("k\(writer)-\(number)") }
                }
            }
        }
        for writer in writers { try writer.wait() }
        #expect(try editor.keys().count == 4 * 13)
    }

    @Test(
        arguments: [
            ("a b", nil, nil, nil), ("a", "2027-02-30", nil, nil), ("a", "2020-01-01", nil, nil),
            ("a", nil, "50", nil), ("a", nil, "1/s trainings=9", nil), ("a", nil, nil, "many"),
        ] as [(String, String?, String?, String?)])
    func aKeyThatTheFileMustNotHaveIsNotMade(
        _ name: String, _ expires: String?, _ rate: String?, _ trainings: String?
    ) {
        #expect(throws: APIKeyError.self) {
            try APIKey.make(
                name: name, grants: [Grant(.read)], expires: expires, rate: rate, trainings: trainings)
        }
    }

    @Test func aMadeLineIsReadBack() throws {
        let line = try APIKey.make(
            name: "a", grants: ["train:x-*", "read", "infer:y"].compactMap { Grant($0) },
            expires: "2100-01-31T12:00:00Z", rate: "0.5/s", trainings: "2"
        ).line
        file.write(line)
        let key = try #require(try editor.keys().first)
        #expect(key.name == "a" && key.grants.map(\.description) == ["read", "infer:y", "train:x-*"])
        #expect(key.expires == "2100-01-31T12:00:00Z" && key.rate == "0.5/s" && key.maxTrainings == 2)
        #expect(!key.isExpired)
    }
}
