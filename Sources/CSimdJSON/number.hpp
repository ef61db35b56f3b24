// Reads numbers (RFC 8259, section 6) with simdjson, and those that simdjson refuses with std::from_chars.

#pragma once

#include "parser.hpp"

/// The writer that simdjson passes a number to. It stores `number`, and `integer` if the number is an integer
/// of 64 bits. simdjson copies the writer for numbers of many digits, so it holds a reference to the token.
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

/// Reads a number that simdjson refused. Returns false if it is not a number; otherwise it is an integer
/// beyond 64 bits or a number beyond the range of a double.
bool read_refused_number(const uint8_t *at, csimdjson_token &token) noexcept;

/// Reads the number at `at` into `token`: `kind`, and `number`, which is infinite beyond the range of a
/// double. Returns false if it is not a number. A byte that cannot be part of a number must follow it.
///
/// simdjson's get_double() is not used: version 3.0.1 reads 0.12345678901234567890123 as 0.000048 because it
/// counts digits wrongly, and it loses integers. parse_number is the function that simdjson's DOM uses.
inline bool read_number(const uint8_t *at, csimdjson_token &token) noexcept {
    number_sink sink{token, *at == '-'};
    return !simdjson::builtin::numberparsing::parse_number(at, sink) || read_refused_number(at, token);
}
