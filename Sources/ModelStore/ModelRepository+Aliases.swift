import Glibc

extension ModelRepository {
    /// Points an alias to a version; returns false if there is no such version. The caller has locked the
    /// model.
    func setAlias(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        guard Files.exists(filePath(name, version)) else { return false }
        for _ in 0..<Self.maxAttempts {
            if try replaceAlias(alias, of: name, to: version) {
                try Files.synchronize(folder: path(name))
                return true
            }
        }
        throw FileError(call: "rename", path: path(name), code: EBUSY)
    }

    /// Returns false if another server has removed the temporary file, so that another attempt is needed.
    private func replaceAlias(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        let new = "\(path(name))/\(Self.temporaryName())"
        do throws(FileError) {
            return try Files.withNewFile(new, [FileContent(Array("\(version)\n".utf8))]) {
                (_) throws(FileError) in
                try Files.rename(new, to: "\(path(name))/@\(alias)")
            }
        } catch  where error.code == ENOENT {
            return false
        }
    }

    /// Deletes an alias; returns false if there is none. The caller has locked the model.
    func deleteAlias(_ alias: String, of name: String) throws(FileError) -> Bool {
        guard try Files.remove(file: "\(path(name))/@\(alias)") else { return false }
        try Files.synchronize(folder: path(name))
        return true
    }
}
