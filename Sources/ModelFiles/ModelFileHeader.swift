import ModelFormats

/// The header of a file in the repository, parsed once and with a checksum that matches. The weights have not
/// been read.
package struct ModelFileHeader: Sendable {
    /// The header's checksum in hexadecimal, which no other file has.
    package let digest: String
    let tensors: SafeTensorsHeader

    /// Parses the beginning of a file.
    /// - Parameters:
    ///   - beginning: the first ``ModelFile/headerSize(_:)`` bytes of the file, or more.
    ///   - size: of the whole file, in bytes.
    /// - Throws: ``ModelFileError`` if the header is not valid, does not describe a file of this size, fails
    ///   its checksum.
    package init(_ beginning: [UInt8], size: Int) throws(ModelFileError) {
        do throws(SafeTensorsError) {
            tensors = try SafeTensorsHeader(beginning, fileSize: size)
        } catch {
            throw ModelFileError(error)
        }
        digest = try Self.checkedDigest(beginning.prefix(tensors.dataStart))
    }

    /// Reads what the metadata say of the model.
    /// - Throws: ``ModelFileError`` if they do not describe a model that this release understands.
    package func description() throws(ModelFileError) -> ModelDescription {
        var reader = try MetadataReader(tensors)
        return try ModelMetadata.description(&reader)
    }

    /// The software that has written the file.
    package var software: String? { tensors["software"] }

    /// The number of bytes in the file before the data.
    package var dataStart: Int { tensors.dataStart }
    /// The number of bytes of data behind the header.
    package var dataCount: Int { tensors.dataCount }

    /// Checks the data's length and checksum.
    /// - Throws: ``ModelFileError`` if they do not match the header.
    package func verify(_ data: ArraySlice<UInt8>) throws(ModelFileError) {
        try checkSize(data)
        try ModelFile.verify(data, tensors)
    }

    /// The file may have been cut off after its header was read.
    func checkSize(_ data: ArraySlice<UInt8>) throws(ModelFileError) {
        guard data.count == dataCount else {
            throw ModelFileError(
                "the file has \(data.count) bytes of data, its header describes \(dataCount); was it cut off?"
            )
        }
    }

    /// The checksum of a header, which matches.
    /// - Throws: ``ModelFileError`` if it does not.
    static func checkedDigest(_ header: ArraySlice<UInt8>) throws(ModelFileError) -> String {
        var header = Array(header)
        let (own, data) = (ModelFile.headerDigest, ModelFile.dataDigest)
        guard header.count >= data.upperBound, header[8...].starts(with: ModelFile.start),
            header[own.upperBound...].starts(with: ModelFile.separator)
        else { throw ModelFileError("the header does not begin with its checksums") }
        let digits = Array(header[own])
        header.replaceSubrange(own, with: ModelFile.zeros.utf8)
        guard digits == ModelFile.hexadecimal(header[...]) else {
            throw ModelFileError("the header does not match its checksum")
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
