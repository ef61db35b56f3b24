#include "number.hpp"

#include <charconv>
#include <system_error>

namespace {

/// Whether the first digit that is not 0 stands before the decimal point.
bool is_at_least_one(const decimal &number) noexcept {
    const uint8_t *p = number.begin;
    while (p != number.end && (*p == '-' || *p == '0' || *p == '.')) ++p;
    int64_t length = 0;
    for (; p != number.end && *p != 'e' && *p != 'E'; ++p) length += *p != '.';
    return length > 0 && number.exponent + length > 0;
}

template <typename Float>
number_status nearest_value(const decimal &number, Float &out) noexcept {
    Float value = 0;
    auto result = std::from_chars(reinterpret_cast<const char *>(number.begin),
                                  reinterpret_cast<const char *>(number.end), value);
    if (result.ec == std::errc::result_out_of_range) {
        // Too large and too small are reported alike, and only the first is an error.
        if (is_at_least_one(number)) return number_status::out_of_range;
        value = number.negative ? Float(-0.0) : Float(0.0);
    }
    if (!std::isfinite(value)) return number_status::out_of_range;
    out = value;
    return number_status::ok;
}

}  // namespace

number_status nearest(const decimal &number, float &out) noexcept { return nearest_value(number, out); }
number_status nearest(const decimal &number, double &out) noexcept { return nearest_value(number, out); }
