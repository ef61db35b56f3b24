// Numbers: the grammar of RFC 8259, section 6, and the value.
//
// simdjson 3.0.1 has a reader of its own behind get_double(). It answers 0.000048 for 0.12345678901234567890123
// (the check of its digit count is wrong), and does not tell 1e999 from 1x. Hence this one.

#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

enum class number_status {
    ok,
    malformed,
    out_of_range,
};

/// A number as it was written: digits × 10^exponent.
struct decimal {
    const uint8_t *begin;
    const uint8_t *end;
    uint64_t digits;   ///< all digits as one integer; meaningless if not `exact`
    int64_t exponent;
    bool negative;
    bool integral;     ///< neither a fraction nor an exponent
    bool exact;        ///< `digits` has not overflowed
};

/// The nearest float or double to any decimal, slowly.
number_status nearest(const decimal &number, float &out) noexcept;
number_status nearest(const decimal &number, double &out) noexcept;

inline unsigned digit(uint8_t byte) noexcept { return unsigned(byte) - '0'; }

/// Whether a scalar may stand before this byte.
inline bool is_delimiter(uint8_t byte) noexcept {
    switch (byte) {
    case ',': case ']': case '}': case ' ': case '\n': case '\r': case '\t': case ':': case '[': case '{':
        return true;
    default:
        return false;
    }
}

/// How many of the eight bytes at `text` are digits until the first that is none, and their value. Without a
/// branch on the number of digits, which nothing could predict.
inline unsigned up_to_eight_digits(const uint8_t *text, uint64_t &value) noexcept {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte must be the lowest");
    uint64_t bytes;
    std::memcpy(&bytes, text, 8);
    bytes ^= 0x3030303030303030;  // a digit is now its value, anything else is above 9
    uint64_t others = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
    unsigned count = others == 0 ? 8 : unsigned(__builtin_ctzll(others)) / 8;
    // Digits move to the end, zeros in front; two steps, because all 64 bits cannot be shifted out in one.
    bytes = bytes << (4 * (8 - count)) << (4 * (8 - count));
    bytes = bytes * 10 + (bytes >> 8);  // pairs in every other byte
    value = ((bytes & 0x000000FF000000FF) * (100 + (1'000'000ULL << 32)) +
             ((bytes >> 16) & 0x000000FF000000FF) * (1 + (10'000ULL << 32))) >> 32;
    return count;
}

/// Reads the decimal at `text`. Some byte that no number contains must follow it, and eight more bytes.
__attribute__((always_inline)) inline number_status scan_decimal(const uint8_t *text, decimal &out) noexcept {
    constexpr uint64_t powers[] = {1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
    const uint8_t *p = text;
    out.begin = text;
    out.negative = *p == '-';
    p += out.negative;

    const uint8_t *first = p;
    if (digit(*p) > 9) return number_status::malformed;
    uint64_t digits = digit(*p++);
    if (digits == 0) {
        if (digit(*p) <= 9) return number_status::malformed;  // 01
    } else {
        for (; digit(*p) <= 9; ++p) digits = digits * 10 + digit(*p);
    }
    int64_t length = p - first;

    int64_t exponent = 0;
    out.integral = true;
    if (*p == '.') {
        out.integral = false;
        const uint8_t *fraction = ++p;
        uint64_t eight;
        unsigned count;
        do {
            count = up_to_eight_digits(p, eight);
            digits = digits * powers[count] + eight;
            p += count;
        } while (count == 8);
        if (p == fraction) return number_status::malformed;  // 1.
        exponent = fraction - p;
        length += p - fraction;
    }
    if ((*p | 0x20) == 'e') {
        out.integral = false;
        ++p;
        bool negative = *p == '-';
        p += *p == '-' || *p == '+';
        if (digit(*p) > 9) return number_status::malformed;  // 1e
        // Beyond a billion the value no longer matters, and it must not overflow.
        int64_t written = 0;
        for (; digit(*p) <= 9; ++p) {
            if (written < 1'000'000'000) written = written * 10 + digit(*p);
        }
        exponent += negative ? -written : written;
    }
    if (!is_delimiter(*p)) return number_status::malformed;

    out.end = p;
    out.digits = digits;
    out.exponent = exponent;
    out.exact = length <= 19;
    return number_status::ok;
}

/// The value where digits and power of ten are exact doubles, so that one division or multiplication gives the
/// correctly rounded result. Nearly every number that people send is such a one.
inline bool easy_double(const decimal &number, double &out) noexcept {
    constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (!number.exact || number.digits > uint64_t(1) << 53) return false;
    if (number.exponent < -22 || number.exponent > 22) return false;
    double value = double(number.digits);
    value = number.exponent < 0 ? value / powers[-number.exponent] : value * powers[number.exponent];
    out = std::copysign(value, number.negative ? -1.0 : 1.0);
    return true;
}

inline number_status to_double(const decimal &number, double &out) noexcept {
    return easy_double(number, out) ? number_status::ok : nearest(number, out);
}

/// The nearest float; in the easy case by way of the nearest double, as a reader of doubles would get it.
inline number_status to_float(const decimal &number, float &out) noexcept {
    double value;
    if (!easy_double(number, value)) return nearest(number, out);
    out = float(value);
    return std::isfinite(out) ? number_status::ok : number_status::out_of_range;
}

/// Whether the decimal is an integer that fits, and which. −0 is not: only a double can tell it from 0.
inline bool to_integer(const decimal &number, int64_t &out) noexcept {
    if (!number.integral || !number.exact || (number.negative && number.digits == 0)) return false;
    if (number.digits > uint64_t(INT64_MAX) + number.negative) return false;
    out = int64_t(number.negative ? 0 - number.digits : number.digits);
    return true;
}
