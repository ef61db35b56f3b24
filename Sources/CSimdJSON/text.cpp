// Reads the numbers of other texts than JSON with std::from_chars, which rounds correctly, needs no locale
// and no terminator, and in libstdc++ 12 is fast_float's algorithm.

#include <charconv>
#include <cstring>
#include <limits>
#include <system_error>

#include "parser.hpp"

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether a decimal number that from_chars found out of range is too large, not too small: whether its first
/// digit other than 0 stands before the point, once the exponent is applied.
bool is_too_large(const char *p, const char *end) noexcept {
    long long before = 0;  // digits from the first one other than 0 up to the point
    long long zeros = 0;   // zeros behind the point, before that digit
    bool found = false, point = false;
    for (p += *p == '-'; p < end && (is_digit(*p) || *p == '.'); ++p) {
        if (*p == '.') {
            point = true;
        } else {
            found = found || *p != '0';
            before += found && !point;
            zeros += !found && point;
        }
    }
    if (p == end) return before > 0;
    ++p;  // e
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    long long exponent = 0;
    // The bound is above the length of any text.
    for (; p < end && exponent < (1LL << 56); ++p) exponent = exponent * 10 + (*p - '0');
    return (negative ? -exponent : exponent) + before - zeros > 0;
}

}  // namespace

size_t csimdjson_read_double(const uint8_t *text, const uint8_t *end, double *value) {
    const char *first = reinterpret_cast<const char *>(text);
    const char *last = reinterpret_cast<const char *>(end);
    if (first == last) return 0;
    // from_chars also reads words such as inf and nan(0).
    const char *digit = first + (*first == '-');
    if (digit == last || !(is_digit(*digit) || *digit == '.')) return 0;
    auto [rest, error] = std::from_chars(first, last, *value);
    if (error == std::errc::invalid_argument) return 0;
    if (error == std::errc::result_out_of_range) {
        *value = is_too_large(first, rest) ? std::numeric_limits<double>::infinity() : 0;
        if (*first == '-') *value = -*value;
    }
    return size_t(rest - first);
}

bool csimdjson_is_text(const uint8_t *text, size_t length) {
    return (length == 0 || std::memchr(text, 0, length) == nullptr)
        && simdjson::validate_utf8(reinterpret_cast<const char *>(text), length);
}
