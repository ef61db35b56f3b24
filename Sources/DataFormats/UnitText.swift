/// Units of measurement in the row under a header.
enum UnitText {
    /// Whether text is a unit: text in brackets, a unit that is in use or a quotient, product or power of
    /// such, the form of a date, or nothing.
    static func isUnit(_ text: String) -> Bool {
        if text.isEmpty || text == "-" { return true }
        if let first = text.first, let last = text.last,
            [("[", "]"), ("(", ")"), ("<", ">"), ("{", "}")].contains(where: { $0 == first && $1 == last })
        {
            return true
        }
        guard text.count <= 24 else { return false }
        if isDateForm(text) { return true }
        let parts = text.split { "/*·⋅ ^()".contains($0) }
        return !parts.isEmpty && parts.contains { !isPower($0) }
            && parts.allSatisfy { isPower($0) || isSymbol($0) }
    }

    /// Whether text is a number such as the 3 in `m^3`, and the 1 in `1/min`.
    private static func isPower(_ text: Substring) -> Bool { text.allSatisfy { "0123456789-".contains($0) } }

    private static func isSymbol(_ text: Substring) -> Bool {
        if symbols.contains(String(text)) { return true }
        guard let last = text.last, "123²³".contains(last) else { return false }
        var base = text.dropLast()
        if base.last == "-" || base.last == "⁻" { base.removeLast() }
        return powers.contains(String(base))
    }

    /// The units that powers are written of: `m3`, `s-1`.
    private static let powers: Set<String> = [
        "m", "cm", "mm", "dm", "km", "um", "µm", "μm", "ft", "in", "s", "h", "min",
    ]

    /// Whether text is a form such as `yyyy-mm-dd hh:mm:ss`.
    private static func isDateForm(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower.contains("yy") && lower.allSatisfy { "ymdhst.-/: f".contains($0) }
    }

    private static let symbols = Set(
        """
        s ms us µs μs ns min h hr d sec m mm cm dm km um µm μm nm in ft yd mi g kg mg ug µg μg t lb lbs oz N
        kN MN Nm kNm J kJ MJ GJ cal kcal BTU W mW kW MW GW Wh kWh MWh GWh hp PS V mV uV µV μV kV A mA uA µA
        μA kA Ah mAh VA kVA MVA var kvar Mvar VAr kVAr MVAr Ohm ohm Ω kΩ MΩ mΩ S mS µS μS F uF µF μF nF pF H
        mH T mT G Hz kHz MHz GHz rpm RPM U Umin °C ℃ °F ℉ K C degC degF deg ° rad mrad Pa hPa kPa MPa GPa
        bar mbar psi psia psig atm mmHg inHg Torr mmWS mH2O % ‰ %RH rH %rF ppm ppb ppt pH dB dBA dBm l L ml
        mL dl cl hl gal gpm lpm slpm sccm Nm³ Nm m² m³ ft² ft³ lm lx cd mol mmol umol µmol kmol Gy Sv mSv
        µSv Bq kBq B bit Byte bytes kB KB MB GB kbit Mbit kbps Mbps bps cps counts count pcs Stk Stück EUR
        USD € kn kt knots UTC utc GMT
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
