// A pull reader of JSON tokens over simdjson, and numbers from and to text over std::from_chars and
// std::to_chars, in plain C.
//
// simdjson's On-Demand front end finds and validates the structure of a body (UTF-8, quotes, control
// characters) at several GB/s and builds an index of token offsets. This shim returns those tokens one at a
// time, and reads nested arrays of numbers directly into a buffer of doubles. It does not check the order of
// tokens; the caller does.
//
// No function throws. A parser is not thread-safe: one thread may use it at a time. Constants are spelt in
// Swift's style, because Swift imports them as the cases of enums.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CSIMDJSON_ENUM(name) enum __attribute__((enum_extensibility(closed))) name

/// simdjson reads in blocks: this many bytes after a body must be readable, with any content.
enum { csimdjson_padding = 64 };

/// Maximum nesting depth of a tensor.
enum { csimdjson_max_rank = 4 };

/// The result of csimdjson_start.
typedef CSIMDJSON_ENUM(csimdjson_status) {
    csimdjson_status_ok,
    csimdjson_status_empty,              ///< no bytes, or only white space
    csimdjson_status_invalidUtf8,
    csimdjson_status_unclosedString,
    csimdjson_status_controlCharacter,  ///< a raw byte below 0x20 inside a string
    csimdjson_status_tooLarge,          ///< beyond simdjson's 4 GB
    csimdjson_status_noMemory,
    csimdjson_status_other,
} csimdjson_status;

/// The kind of a token.
typedef CSIMDJSON_ENUM(csimdjson_kind) {
    csimdjson_kind_end,             ///< no token is left
    csimdjson_kind_openObject,
    csimdjson_kind_closeObject,
    csimdjson_kind_openArray,
    csimdjson_kind_closeArray,
    csimdjson_kind_colon,
    csimdjson_kind_comma,
    csimdjson_kind_string,          ///< `text`, `length`: unescaped, valid until the next csimdjson_start
    csimdjson_kind_integer,         ///< `integer`: written without fraction and exponent, and fits
    csimdjson_kind_number,          ///< `number`
    csimdjson_kind_true,
    csimdjson_kind_false,
    csimdjson_kind_null,
    csimdjson_kind_badEscape,      ///< a string with an escape sequence that JSON does not have
    csimdjson_kind_badNumber,      ///< starts like a number, but is not one
    csimdjson_kind_hugeNumber,     ///< a number beyond the range of a double
    csimdjson_kind_unknown,         ///< anything else: `NaN`, `nulll`, `/* */`
} csimdjson_kind;

typedef struct {
    csimdjson_kind kind;
    size_t offset;  ///< offset in the body of the token's first byte
    const uint8_t *text;
    size_t length;
    int64_t integer;
    double number;
} csimdjson_token;

/// The status of csimdjson_read_tensor.
typedef CSIMDJSON_ENUM(csimdjson_tensor_status) {
    csimdjson_tensor_ok,
    csimdjson_tensor_unexpected,    ///< a syntax error at `token`
    csimdjson_tensor_notANumber,  ///< a string, boolean or object among the numbers: `token`
    csimdjson_tensor_emptyArray,
    csimdjson_tensor_ragged,        ///< a row of `found` values; the previous rows have `expected`
    csimdjson_tensor_deeper,        ///< an array where the previous rows have a number
    csimdjson_tensor_shallower,     ///< a number where the previous rows have an array
    csimdjson_tensor_tooDeep,      ///< more than csimdjson_max_rank levels
} csimdjson_tensor_status;

typedef struct {
    csimdjson_tensor_status status;
    size_t rank;
    size_t shape[csimdjson_max_rank];
    size_t count;                        ///< values written
    size_t nulls;                        ///< values that were null; they are NaN in the buffer
    size_t rounded;                      ///< integers to which no double is equal
    size_t depth;                        ///< on an error: number of valid elements of `position`
    size_t position[csimdjson_max_rank];
    size_t found;
    size_t expected;
    size_t offset;                       ///< on an error: its offset in the body
    csimdjson_kind token;                ///< on an error: the token at `offset`
    bool after_value;                    ///< on a syntax error: a separator was expected, not a value
} csimdjson_tensor;

typedef struct csimdjson_parser csimdjson_parser;

/// Creates a parser without an index; NULL if there is no memory.
csimdjson_parser *csimdjson_create(void);
void csimdjson_destroy(csimdjson_parser *parser);

/// The longest body, in bytes, that this parser reads without allocating. It keeps about 6 bytes of address
/// space for each.
size_t csimdjson_capacity(const csimdjson_parser *parser);

/// Indexes the `length` bytes at `body`, after which csimdjson_padding more must be readable. If the index
/// has to be allocated, it gets room for bodies of `capacity` bytes. The body must stay in place until the
/// last token is read.
csimdjson_status csimdjson_start(csimdjson_parser *parser, const uint8_t *body, size_t length,
                                 size_t capacity);

/// Returns the next token; at the end of the body csimdjson_kind_end, any number of times.
csimdjson_token csimdjson_next(csimdjson_parser *parser);

/// Returns the number of tokens that have not been read yet.
size_t csimdjson_tokens_left(const csimdjson_parser *parser);

/// Reads nested arrays of numbers, whose opening bracket has just been read, into `values` in row-major
/// order. A number beyond the range of a double becomes the largest one. Each value takes a token and a
/// separator, so a `capacity` of half of csimdjson_tokens_left is enough; `capacity` is never exceeded.
csimdjson_tensor csimdjson_read_tensor(csimdjson_parser *parser, double *values, size_t capacity);

/// Maximum length with a comma of a float, such as -1.1754944e-38, and of a double, such as
/// -2.2250738585072014e-308.
enum { csimdjson_float_room = 16, csimdjson_double_room = 25 };

/// Writes `count` floats, separated by commas, to `text`, which must have csimdjson_float_room bytes for
/// each. Returns the number of bytes written. Each text is the shortest that reads back to the same float;
/// `null` if it is not finite.
size_t csimdjson_write_floats(const float *values, size_t count, uint8_t *text);

/// The same for doubles, with csimdjson_double_room bytes for each.
size_t csimdjson_write_doubles(const double *values, size_t count, uint8_t *text);

/// Reads the longest decimal number at `text`, before `end`: digits with an optional point and an optional
/// exponent, and an optional minus sign. Leading zeros, `5.` and `.5` are numbers here; a plus sign and
/// words are not. Returns the number of bytes read, 0 if there is no number. `value` is the nearest double:
/// infinite beyond the range of doubles, and 0 below it.
size_t csimdjson_read_double(const uint8_t *text, const uint8_t *end, double *value);

/// Whether `length` bytes are valid UTF-8 without NUL.
bool csimdjson_is_text(const uint8_t *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
