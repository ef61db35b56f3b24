// Nested arrays of numbers, straight into floats.

#include <cmath>
#include <limits>

#include "number.hpp"
#include "parser.hpp"

namespace {

/// Reads one tensor. `counts[d]` is how many values of level d have been read, which is also the position of
/// the value being read; `shape[d]` becomes known when the first array of level d ends, and `rank` when the
/// first number is met.
class tensor_reader {
public:
    tensor_reader(csimdjson_parser &parser, float *values, size_t capacity) noexcept
        : parser(parser), cursor(parser.cursor), values(values), capacity(capacity) {}

    csimdjson_tensor read() noexcept {
        while (step()) {}
        parser.cursor = cursor;
        for (size_t level = 0; level < csimdjson_max_rank; ++level) {
            result.shape[level] = shape[level];
            result.position[level] = counts[level];
        }
        result.rank = rank;
        result.count = written;
        return result;
    }

private:
    csimdjson_parser &parser;
    token_cursor cursor;  // a copy, which the compiler can keep in registers
    float *const values;
    const size_t capacity;
    size_t written = 0;
    size_t level = 0;
    size_t rank = 0;
    bool known[csimdjson_max_rank] = {};
    size_t shape[csimdjson_max_rank] = {};
    size_t counts[csimdjson_max_rank] = {};
    csimdjson_tensor result{};

    bool fail(csimdjson_tensor_status status, size_t depth, const uint8_t *at) noexcept {
        result.status = status;
        result.depth = depth;
        result.offset = size_t(at - parser.body);
        return false;
    }

    /// Fails over a token that is no number: an error of grammar or merely of type.
    bool fail_at_token(const uint8_t *at) noexcept {
        result.token = kind(at);
        switch (result.token) {
        case csimdjson_kind_string:
        case csimdjson_kind_true:
        case csimdjson_kind_false:
        case csimdjson_kind_openObject:
            return fail(csimdjson_tensor_notANumber, level + 1, at);
        default:
            return fail(csimdjson_tensor_unexpected, level + 1, at);
        }
    }

    bool fail_at_end(bool after_value = false) noexcept {
        result.after_value = after_value;
        result.token = csimdjson_kind_end;
        return fail(csimdjson_tensor_unexpected, level, parser.body + parser.length);
    }

    /// Reads a value, and after it the separator and all brackets that end there. False at the tensor's end.
    bool step() noexcept {
        if (cursor.at_end()) return fail_at_end();
        const uint8_t *at = cursor.return_current_and_advance();
        if (*at == '[') return open(at);
        if (rank == 0) {
            rank = level + 1;
        } else if (level + 1 < rank && (digit(*at) <= 9 || *at == '-' || *at == 'n')) {
            return fail(csimdjson_tensor_shallower, level + 1, at);
        }
        if (written == capacity) return fail_at_token(at);  // cannot happen while the caller counts right
        return scalar(at) && separator();
    }

    bool open(const uint8_t *at) noexcept {
        if (rank != 0 && level + 1 == rank) return fail(csimdjson_tensor_deeper, level + 1, at);
        if (level + 1 == csimdjson_max_rank) return fail(csimdjson_tensor_tooDeep, level + 1, at);
        if (cursor.at_end()) return fail_at_end();
        if (*cursor.peek() == ']') return fail(csimdjson_tensor_emptyArray, level + 1, at);
        counts[++level] = 0;
        return true;
    }

    bool scalar(const uint8_t *at) noexcept {
        // What a number or null ends with must lie inside the body, not in its padding.
        if (cursor.at_end()) return fail_at_end();
        decimal number;
        if (scan_decimal(at, number) == number_status::ok) {
            if (to_float(number, values[written]) != number_status::ok) {
                return fail(csimdjson_tensor_outOfRange, level + 1, at);
            }
        } else if (at[0] == 'n' && at[1] == 'u' && at[2] == 'l' && at[3] == 'l' && is_delimiter(at[4])) {
            values[written] = std::numeric_limits<float>::quiet_NaN();
            ++result.nulls;
        } else {
            return fail_at_token(at);
        }
        ++written;
        return true;
    }

    bool separator() noexcept {
        while (true) {
            ++counts[level];
            if (cursor.at_end()) return fail_at_end(true);
            const uint8_t *at = cursor.return_current_and_advance();
            if (*at == ',') return true;
            if (*at != ']') {
                result.after_value = true;
                result.token = kind(at);
                return fail(csimdjson_tensor_unexpected, level, at);
            }
            if (!known[level]) {
                known[level] = true;
                shape[level] = counts[level];
            } else if (shape[level] != counts[level]) {
                result.found = counts[level];
                result.expected = shape[level];
                return fail(csimdjson_tensor_ragged, level, at);
            }
            if (level == 0) return false;
            --level;
        }
    }

    /// What the token just passed is; a string is unescaped, and so checked, on the way.
    csimdjson_kind kind(const uint8_t *at) noexcept {
        parser.cursor = cursor;
        return classify(parser, at).kind;
    }
};

}  // namespace

csimdjson_tensor csimdjson_read_tensor(csimdjson_parser *parser, float *values, size_t capacity) {
    return tensor_reader(*parser, values, capacity).read();
}
