#include "number.hpp"

#include <charconv>
#include <limits>
#include <system_error>

namespace {

const uint8_t *skip_digits(const uint8_t *p) noexcept {
    while (*p >= '0' && *p <= '9') ++p;
    return p;
}

/// Returns the end of the number at `p`; NULL if it violates JSON's grammar, which is stricter than
/// from_chars.
const uint8_t *end_of_number(const uint8_t *p) noexcept {
    p += *p == '-';
    const uint8_t *digits = p;
    p = skip_digits(digits);
    if (p == digits || (*digits == '0' && p - digits > 1)) return nullptr;  // -, 01
    if (*p == '.') {
        digits = p + 1;
        p = skip_digits(digits);
        if (p == digits) return nullptr;  // 1.
    }
    if (*p == 'e' || *p == 'E') {
        digits = p + (p[1] == '-' || p[1] == '+' ? 2 : 1);
        p = skip_digits(digits);
        if (p == digits) return nullptr;  // 1e
    }
    return simdjson::builtin::jsoncharutils::is_structural_or_whitespace(*p) ? p : nullptr;  // 1x
}

}  // namespace

bool read_refused_number(const uint8_t *at, csimdjson_token &token) noexcept {
    token.kind = csimdjson_kind_badNumber;
    const uint8_t *end = end_of_number(at);
    if (end == nullptr) return false;
    // Out of range means too large here: simdjson reads numbers that are too small as 0.
    const char *first = reinterpret_cast<const char *>(at);
    bool is_huge = std::from_chars(first, first + (end - at), token.number).ec != std::errc();
    if (is_huge) {
        const double infinity = std::numeric_limits<double>::infinity();
        token.number = *at == '-' ? -infinity : infinity;
    }
    token.kind = is_huge ? csimdjson_kind_hugeNumber : csimdjson_kind_number;
    return true;
}
