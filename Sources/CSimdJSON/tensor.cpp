// Reads nested arrays of numbers directly into doubles.

#include <cmath>
#include <limits>

#include "number.hpp"

namespace {

/// Reads one tensor. `counts[d]` is the number of values of level d that have been read, which is also the
/// position of the value being read. `shape[d]` is 0 until the first array of level d ends, `rank` is 0 until
/// the first number.
class tensor_reader {
public:
    tensor_reader(csimdjson_parser &parser, double *values, size_t capacity) noexcept
        : parser(parser), body(parser.body), position(parser.cursor.position()), end(parser.cursor.end()),
          first(values), next(values), limit(values + capacity) {}

    csimdjson_tensor read() noexcept {
        if (position != end && body[*position] == ']') {
            fail(csimdjson_tensor_emptyArray, 0, body + *position);
        } else {
            while (step()) {}
        }
        parser.cursor.move_to(position);
        for (size_t depth = 0; depth < csimdjson_max_rank; ++depth) {
            result.shape[depth] = shape[depth];
            result.position[depth] = counts[depth];
        }
        result.rank = rank;
        result.count = size_t(next - first);
        return result;
    }

private:
    using token_position = token_cursor::token_position;

    csimdjson_parser &parser;
    const uint8_t *const body;
    token_position position;  // in simdjson's index: the offset in the body of each token
    const token_position end;
    double *const first;
    double *next;
    double *const limit;
    size_t level = 0;
    size_t rank = 0;
    size_t shape[csimdjson_max_rank] = {};
    size_t counts[csimdjson_max_rank] = {};
    csimdjson_tensor result{};

    /// Reads one value and the token after it. Returns false at the end of the tensor and on errors.
    bool step() noexcept {
        if (position == end) return fail_at_end(level + 1);
        const uint8_t *at = body + *position++;
        if (*at == '[') return open(at);
        if (rank == 0) {
            rank = level + 1;
        } else if (level + 1 < rank && ((*at >= '0' && *at <= '9') || *at == '-' || *at == 'n')) {
            return fail(csimdjson_tensor_shallower, level + 1, at);
        }
        return row(at) && close();
    }

    bool open(const uint8_t *at) noexcept {
        if (rank != 0 && level + 1 == rank) return fail(csimdjson_tensor_deeper, level + 1, at);
        if (level + 1 == csimdjson_max_rank) return fail(csimdjson_tensor_tooDeep, level + 1, at);
        if (position == end) return fail_at_end(level + 1);
        if (body[*position] == ']') return fail(csimdjson_tensor_emptyArray, level + 1, at);
        counts[++level] = 0;
        return true;
    }

    /// Reads the innermost array from its first value, at `at`, to its closing bracket. This is the hot loop;
    /// its state is in local variables so that it stays in registers.
    bool row(const uint8_t *at) noexcept {
        token_position here = position;
        double *out = next;
        size_t &count = counts[level];
        while (true) {
            // The token after a number or null must be inside the body, not in its padding.
            if (here == end || out == limit) {
                result.after_value = true;
                return leave(here, out), fail_at_end(level);
            }
            csimdjson_token token;
            if (read_number(at, token)) {
                *out = token.number;
                if (!(std::fabs(*out) < 0x1p53)) take_large(at, *out);
            } else if (simdjson::builtin::atomparsing::is_valid_null_atom(at)) {
                *out = std::numeric_limits<double>::quiet_NaN();
                ++result.nulls;
            } else {
                return leave(here, out), fail_at_value(at);
            }
            ++out;
            ++count;
            at = body + *here++;
            if (*at == ']') return leave(here, out), true;
            if (*at != ',') return leave(here, out), fail_at_separator(at);
            if (here == end) return leave(here, out), fail_at_end(level + 1);
            at = body + *here++;
            if (*at == '[') return leave(here, out), fail(csimdjson_tensor_deeper, level + 1, at);
        }
    }

    /// Limits a number beyond the range of doubles, and counts an integer that is rounded.
    void take_large(const uint8_t *at, double &number) noexcept {
        using wide = unsigned __int128;
        if (!std::isfinite(number)) {
            number = std::copysign(std::numeric_limits<double>::max(), number);
        }
        wide integer = 0;
        bool is_longer = false;
        for (at += *at == '-' ? 1 : 0; *at >= '0' && *at <= '9'; ++at) {
            is_longer = is_longer || integer > (~wide(0) - 9) / 10;
            integer = integer * 10 + (*at - '0');
        }
        if (*at == '.' || *at == 'e' || *at == 'E') return;
        const double size = std::fabs(number);
        if (is_longer || size >= 0x1p128 || wide(size) != integer) ++result.rounded;
    }

    void leave(token_position here, double *out) noexcept {
        position = here;
        next = out;
    }

    /// Checks the length of the array that has just ended, and of all enclosing arrays that end directly
    /// after it.
    bool close() noexcept {
        while (true) {
            if (shape[level] == 0) {
                shape[level] = counts[level];
            } else if (shape[level] != counts[level]) {
                result.found = counts[level];
                result.expected = shape[level];
                return fail(csimdjson_tensor_ragged, level, body + *(position - 1));
            }
            if (level == 0) return false;
            ++counts[--level];
            if (position == end) {
                result.after_value = true;
                return fail_at_end(level);
            }
            const uint8_t *at = body + *position++;
            if (*at == ',') return true;
            if (*at != ']') return fail_at_separator(at);
        }
    }

    bool fail(csimdjson_tensor_status status, size_t depth, const uint8_t *at) noexcept {
        result.status = status;
        result.depth = depth;
        result.offset = size_t(at - body);
        return false;
    }

    bool fail_at_end(size_t depth) noexcept {
        result.token = csimdjson_kind_end;
        return fail(csimdjson_tensor_unexpected, depth, body + parser.length);
    }

    /// Fails at a token that is not a value of a tensor: a wrong type if it is a JSON value, otherwise a
    /// syntax error.
    bool fail_at_value(const uint8_t *at) noexcept {
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

    bool fail_at_separator(const uint8_t *at) noexcept {
        result.after_value = true;
        result.token = kind(at);
        return fail(csimdjson_tensor_unexpected, level, at);
    }

    /// Returns the kind of the token that was just passed. A string is unescaped, which also checks its
    /// escapes.
    csimdjson_kind kind(const uint8_t *at) noexcept {
        parser.cursor.move_to(position);
        return classify(parser, at).kind;
    }
};

}  // namespace

csimdjson_tensor csimdjson_read_tensor(csimdjson_parser *parser, double *values, size_t capacity) {
    return tensor_reader(*parser, values, capacity).read();
}
