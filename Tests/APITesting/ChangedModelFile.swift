import Crypto
import Foundation
import ModelFormats

/// A model's file with other metadata and valid checksums, as another release could have written it.
package struct ChangedModelFile {
    package let bytes: [UInt8]

    /// - Parameter change: changes the metadata, without the checksums.
    package init(_ file: [UInt8], _ change: (inout [(name: String, value: String)]) throws -> Void) throws {
        let (header, tensors) = try SafeTensors.read(file)
        var metadata = header.metadata.filter { !["sha256", "data_sha256"].contains($0.name) }
        try change(&metadata)
        let zeros = String(repeating: "0", count: 64)
        let digests = [(name: "sha256", value: zeros), (name: "data_sha256", value: zeros)]
        var changed = SafeTensors.write(tensors, metadata: digests + metadata)
        let start = try SafeTensorsHeader.byteCount(changed)
        // The position of the checksums is part of the format.
        let own = 8 + "{\"__metadata__\":{\"sha256\":\"".utf8.count
        let data = own + 64 + "\",\"data_sha256\":\"".utf8.count
        changed.replaceSubrange(data..<data + 64, with: Self.digest(changed[start...]))
        changed.replaceSubrange(own..<own + 64, with: Self.digest(changed[..<start]))
        bytes = changed
    }

    /// A file in which parts of one entry of the metadata are replaced.
    package init(_ file: [UInt8], _ name: String, _ old: String, _ new: String) throws {
        try self.init(file) { metadata in
            guard let index = metadata.firstIndex(where: { $0.name == name }),
                metadata[index].value.contains(old)
            else { throw HarnessError("the metadata have no \(old) in \(name)") }
            metadata[index].value = metadata[index].value.replacingOccurrences(of: old, with: new)
        }
    }

    /// A file that requires a feature that no release knows.
    package init(_ file: [UInt8], requiring feature: String) throws {
        try self.init(file) { metadata in
            metadata.removeAll { $0.name == "requires" }
            metadata.append((name: "requires", value: "[\"\(feature)\"]"))
        }
    }

    /// Stores the file as a version.
    package func store(in folder: String, _ model: String, _ version: Int) throws {
        let place = "\(folder)/\(model)/\(version)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: "\(place)/model.safetensors"))
    }

    private static func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Data(bytes)).map { String(format: "%02x", $0) }.joined().utf8)
    }
}
