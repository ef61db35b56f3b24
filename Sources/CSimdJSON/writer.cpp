// Writes numbers with std::to_chars: the shortest text that reads back to the same value.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "CSimdJSON.h"

namespace {

template <typename Float>
char *write(Float value, char *text, size_t room) noexcept {
    constexpr std::string_view null = "null";  // JSON has neither NaN nor Infinity
    if (!std::isfinite(value)) return std::copy(null.begin(), null.end(), text);
    return std::to_chars(text, text + room, value).ptr;
}

template <typename Float>
size_t write(const Float *values, size_t count, uint8_t *text, size_t room) noexcept {
    char *const begin = reinterpret_cast<char *>(text);
    char *end = begin;
    for (size_t index = 0; index < count; ++index) {
        if (index > 0) *end++ = ',';
        end = write(values[index], end, room - 1);
    }
    return size_t(end - begin);
}

}  // namespace

size_t csimdjson_write_floats(const float *values, size_t count, uint8_t *text) {
    return write(values, count, text, csimdjson_float_room);
}

size_t csimdjson_write_doubles(const double *values, size_t count, uint8_t *text) {
    return write(values, count, text, csimdjson_double_room);
}
