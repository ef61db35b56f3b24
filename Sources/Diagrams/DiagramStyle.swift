/// The style sheet of diagrams: a light palette, and a dark one for screens with a dark colour scheme.
///
/// Blue and orange can be distinguished with most forms of colour blindness (as in ColorBrewer's PuOr), and
/// no information is in a colour alone. The rules use no CSS variables, because SVG viewers other than
/// browsers do not support them.
enum DiagramStyle {
    static let sheet = """
        svg{max-width:100%;height:auto;font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
        .heading{font-size:16px;font-weight:600}
        .name{font-size:14px;font-weight:600}
        .middle,.shape{font-size:11px}
        .middle{text-anchor:middle}
        .side{font-weight:600;letter-spacing:1px}
        .line,.lstm,.dense,.dropout,.copy,.vector,.input,.frame{stroke-width:1.2}
        .line,.frame{fill:none}
        .dropout,.copy{stroke-dasharray:4 3}
        .encoding{stroke-width:2.4}
        \(heatLevels)
        \(colors(light))
        @media screen and (prefers-color-scheme:dark){
        \(colors(dark))
        }
        """

    private struct Palette {
        let ground, text, muted, line, state, faint: String
        let lstm, dense, vector: (fill: String, stroke: String)
        let negative, positive: String
    }

    private static let light = Palette(
        ground: "#fff", text: "#1f2328", muted: "#59636e", line: "#59636e", state: "#0550ae",
        faint: "#d1d9e0",
        lstm: ("#ddf4ff", "#0969da"), dense: ("#e6f6e9", "#1a7f37"), vector: ("#fff1d6", "#b35900"),
        negative: "#0b5cad", positive: "#b34700")
    private static let dark = Palette(
        ground: "#0d1117", text: "#f0f6fc", muted: "#9da7b3", line: "#9da7b3", state: "#79c0ff",
        faint: "#3d444d",
        lstm: ("#10243e", "#4493f8"), dense: ("#12261a", "#3fb950"), vector: ("#33230c", "#f0a040"),
        negative: "#6cb6ff", positive: "#ffa657")

    /// A rule for each level of a heat map.
    private static let heatLevels = (1...HeatMapCells.levels).map {
        ".l\($0){fill-opacity:\(Double($0) / Double(HeatMapCells.levels))}"
    }.joined()

    private static func colors(_ palette: Palette) -> String {
        func shape(_ names: String, _ colors: (fill: String, stroke: String)) -> String {
            "\(names){fill:\(colors.fill);stroke:\(colors.stroke)}"
        }
        return [
            ".ground{fill:\(palette.ground)}", "text{fill:\(palette.text)}", ".muted{fill:\(palette.muted)}",
            ".accent{fill:\(palette.vector.stroke)}", ".line{stroke:\(palette.line)}",
            ".state{stroke:\(palette.state)}", ".frame{stroke:\(palette.faint)}",
            ".encoding{stroke:\(palette.vector.stroke)}",
            shape(".lstm", palette.lstm), shape(".dense", palette.dense),
            shape(".vector,.copy", palette.vector),
            shape(".input,.dropout", (palette.ground, palette.line)),
            ".negative{fill:\(palette.negative)}", ".positive{fill:\(palette.positive)}",
        ].joined(separator: "\n")
    }
}
