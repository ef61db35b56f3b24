// Numbers as RFC 8259, section 6, writes them. Their values are simdjson's, and where it gives none, those of
// std::from_chars.

#pragma once

#include "parser.hpp"

/// Where simdjson puts the number that it reads: into `number`, and `integer` if it is one that fits. Numbers
/// of many digits arrive through a copy of this, hence the reference.
struct number_sink {
    csimdjson_token &token;
    const bool negative;

    void append_s64(int64_t value) noexcept {
        if (value == 0 && negative) return append_double(-0.0);  // only a double keeps the sign
        token.kind = csimdjson_kind_integer;
        token.integer = value;
        token.number = double(value);
    }
    void append_u64(uint64_t value) noexcept { append_double(double(value)); }
    void append_double(double value) noexcept {
        token.kind = csimdjson_kind_number;
        token.number = value;
    }
    void skip_double() noexcept {}
};

/// What simdjson has refused: no number (false), one beyond its range, or an integer beyond 64 bits.
bool read_refused_number(const uint8_t *at, csimdjson_token &token) noexcept;

/// Reads the number at `at` into `token`: kind and `number`, which is infinite beyond the range of a double;
/// false if it is no number. A byte that no number contains must stand behind it.
///
/// simdjson's get_double() will not do: that of 3.0.1 reads 0.12345678901234567890123 as 0.000048 (it counts
/// digits wrongly), and it keeps no integers. parse_number is what reads numbers for simdjson's DOM.
inline bool read_number(const uint8_t *at, csimdjson_token &token) noexcept {
    number_sink sink{token, *at == '-'};
    return !simdjson::builtin::numberparsing::parse_number(at, sink) || read_refused_number(at, token);
}
