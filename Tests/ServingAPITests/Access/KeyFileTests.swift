import APITesting
import Glibc
import Logging
import ServingAPI
import Testing

/// What becomes of a server's keys when the file changes.
@Suite struct KeyFileTests {
    private let file: TemporaryKeyFile
    private let (old, oldLine): (key: String, line: String)
    private let (new, newLine): (key: String, line: String)
    private let keys: APIKeys
    private let api: API

    init() throws {
        (old, oldLine) = try APIKey.make("old", "read")
        (new, newLine) = try APIKey.make("new", "read")
        file = TemporaryKeyFile(oldLine)
        keys = try file.keys()
        api = try API(.inProcess, keys: keys)
    }

    private func status(_ key: String) throws -> Int {
        try api.send("GET", "/models", fields: TemporaryKeyFile.bearer(key)).status
    }

    /// Looks at the file twice, a second apart.
    private func checkTwice() {
        keys.check()
        file.clock.advance(1)
        keys.check()
    }

    @Test func aChangedFileIsReloaded() throws {
        #expect(try (status(old), status(new)) == (200, 401))
        file.write(oldLine + newLine)
        #expect(try status(new) == 401, "a request must not read the file")
        keys.check()
        #expect(try (status(old), status(new)) == (200, 200))
        #expect(file.logged() == ["info reloaded the API keys keys=2"])
        keys.check()
        #expect(file.logged() == [], "an unchanged file must not be read again")
        file.write(newLine)
        keys.check()
        #expect(try (status(old), status(new)) == (401, 200))
    }

    @Test func aMalformedFileLeavesThePreviousKeysInForce() throws {
        file.write("what is this\n")
        checkTwice()
        #expect(try status(old) == 200)
        let logged = file.logged()
        #expect(logged.count == 1 && logged[0].hasPrefix("error cannot reload the API keys; the previous"))
        #expect(logged.first?.contains("line 1") == true)
        keys.check(isForced: true)
        #expect(file.logged().count == 1, "a reload that is asked for must say why it failed")
    }

    @Test func aDeletedFileRevokesAllKeys() throws {
        unlink(file.path)
        keys.check()
        #expect(try status(old) == 200, "one look must not suffice: the file may be about to be replaced")
        file.clock.advance(1)
        keys.check()
        #expect(try status(old) == 401)
        checkTwice()
        let logged = file.logged()
        #expect(logged.count == 1 && logged[0].hasPrefix("error the file of API keys was deleted; all keys"))
        file.write(newLine)
        keys.check()
        #expect(try status(new) == 200)
    }

    /// Before, a deleted file revoked no keys until the next look.
    @Test(arguments: [nil, "# none\n"]) func aReloadRevokesAllKeysAtOnce(_ text: String?) throws {
        if let text { file.write(text) } else { unlink(file.path) }
        keys.check(isForced: true)
        #expect(try status(old) == 401)
        #expect(file.logged().count == (text == nil ? 1 : 2))
    }

    @Test func aFileThatIsBackAtTheNextLookRevokesNothing() throws {
        for _ in 0..<3 {
            unlink(file.path)
            keys.check()
            file.clock.advance(1)
            file.write(oldLine)
            keys.check()
            #expect(try status(old) == 200)
        }
        #expect(!file.logged().contains { $0.hasPrefix("error") })
    }

    @Test func anEmptiedFileRevokesAllKeysWithAWarning() throws {
        file.write("# none\n")
        keys.check()
        #expect(try status(old) == 200, "an editor may have emptied the file to write it")
        file.clock.advance(1)
        keys.check()
        #expect(try status(old) == 401)
        checkTwice()
        let logged = file.logged()
        #expect(logged.count == 2 && logged[0] == "info reloaded the API keys keys=0")
        #expect(logged.last?.hasPrefix("warning the file of API keys has no keys") == true)
    }

    /// Before, opening the pipe blocked the loop of the request for ever.
    @Test(arguments: ["fifo", "folder", "loop"])
    func somethingElseInPlaceOfTheFileLeavesThePreviousKeysInForce(_ kind: String) throws {
        unlink(file.path)
        switch kind {
        case "fifo": mkfifo(file.path, 0o600)
        case "folder": mkdir(file.path, 0o700)
        default: symlink(file.path, file.path)
        }
        defer { rmdir(file.path) }
        checkTwice()
        #expect(try status(old) == 200)
        let logged = file.logged()
        #expect(logged.count == 1, "the error must be logged once")
        #expect(logged.first?.contains(kind == "loop" ? "cannot read" : "is not a regular file") == true)
        #expect(throws: APIKeyError.self) { try file.keys() }
    }

    @Test func aFileThatOthersCanWriteIsWarnedOf() throws {
        chmod(file.path, 0o646)
        keys.check()
        let warning = "warning users other than its owner can write the file of API keys; run chmod go-w"
        #expect(file.logged().filter { $0.hasPrefix(warning) }.count == 1)
        _ = try file.keys()
        #expect(file.logged().filter { $0.hasPrefix(warning) }.count == 1)
        chmod(file.path, 0o644)
        _ = try file.keys()
        #expect(file.logged() == [])
    }

    @Test func anEmptyFileIsWarnedOfAtTheStart() throws {
        let empty = TemporaryKeyFile("# no keys yet\n")
        _ = try empty.keys()
        let logged = empty.logged()
        #expect(logged.count == 1 && logged[0].hasPrefix("warning the file of API keys has no keys"))
    }

    /// The digest of the empty string, which a script makes from an unset variable.
    @Test func theDigestOfAnEmptyKeyIsRefused() throws {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let error = #expect(throws: APIKeyError.self) { try TemporaryKeyFile("x read \(empty)").keys() }
        #expect(error?.description.contains("empty key") == true)
        file.write("x read \(empty)")
        checkTwice()
        let fields = [(name: "Ocp-Apim-Subscription-Key", value: "")]
        #expect(try api.send("GET", "/models", fields: fields).status == 401)
        #expect(try status(old) == 200)
    }

    @Test(
        arguments: [
            ("x read", "line 1"), ("x read,write DIGEST", "scopes are"), ("# fine\nx read zz", "line 2"),
            ("../x read DIGEST", "a name is"), ("x read 00", "64 hexadecimal"), ("x , DIGEST", "scopes are"),
            ("x read: DIGEST", "scopes are"), ("x read:* DIGEST", "scopes are"),
            ("x read:a*b DIGEST", "scopes are"), ("x read:../* DIGEST", "scopes are"),
            ("x read DIGEST rate=50", "expected rate=50/s"), ("x read DIGEST rate=0/s", "expected rate="),
            ("x read DIGEST rate=nan/s", "expected rate="), ("x read DIGEST trainings=-1", "expected train"),
            ("x read DIGEST expires=2027-02-30", "expected expires="), ("x read DIGEST size=3", "may follow"),
            ("x read DIGEST rate=1/s rate=1/s", "occurs twice"),
            ("x read DIGEST\nx read \(String(repeating: "0", count: 64))", "the name occurs twice"),
            ("x read DIGEST\ny read DIGEST", "is that of the key x too"),
        ])
    func aMalformedLineIsRefusedWithItsNumber(_ text: String, _ message: String) throws {
        let digest = String(repeating: "ab", count: 32)
        let file = TemporaryKeyFile(text.replacing("DIGEST", with: digest))
        let error = #expect(throws: APIKeyError.self) { try file.keys() }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("line \(text.contains("\n") ? 2 : 1)") == true)
        #expect(error?.description.contains(digest) == false, "a word of a line may be a key")
    }

    @Test func aMissingFileIsRefused() {
        let error = #expect(throws: APIKeyError.self) {
            try APIKeys(path: "/no/such/file", logger: Logger(label: "test"))
        }
        #expect(error?.description.contains("/no/such/file: No such file or directory") == true)
    }

    /// The digest of "abc" is the example of FIPS 180-2. A user can therefore make a key file with sha256sum.
    @Test func keysAreStoredAsSHA256Digests() throws {
        file.write("abc read BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
        keys.check()
        #expect(try status("abc") == 200)
    }
}
