/// The position of a cell in a CSV document. `CSVScanner+Numbers.swift` reads its value.
struct CSVCell {
    /// The offset of the first byte, after the opening quote if the cell is quoted.
    let start: Int
    /// The offset after the last byte, before the closing quote if the cell is quoted.
    let end: Int
    /// Whether the cell is in quotes, and quotes inside it are doubled.
    let isQuoted: Bool
}
