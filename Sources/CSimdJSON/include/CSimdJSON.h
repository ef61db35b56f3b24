// A pull reader of JSON tokens over simdjson, and a writer of floats over std::to_chars, in plain C.
//
// simdjson's On-Demand front end finds and validates the structure of a body (UTF-8, quotes, control
// characters) at several GB/s and leaves an index of where its tokens begin. This shim hands those tokens out
// one at a time, and reads nested arrays of numbers straight into a float buffer. It knows no grammar beyond
// that: whoever pulls tokens checks their order.
//
// Nothing here throws, and nothing here is thread-safe: one parser, one thread at a time. Constants are spelt
// as Swift spells them, where they are seen as the cases of enums.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CSIMDJSON_ENUM(name) enum __attribute__((enum_extensibility(closed))) name

/// simdjson reads in blocks: so many bytes behind a body must be readable, whatever they hold.
enum { csimdjson_padding = 64 };

/// The deepest tensor that csimdjson_read_tensor reads.
enum { csimdjson_max_rank = 4 };

/// What csimdjson_start found.
typedef CSIMDJSON_ENUM(csimdjson_status) {
    csimdjson_status_ok,
    csimdjson_status_empty,              ///< nothing but white space
    csimdjson_status_invalidUtf8,
    csimdjson_status_unclosedString,
    csimdjson_status_controlCharacter,  ///< a raw byte below 0x20 inside a string
    csimdjson_status_tooLarge,          ///< beyond simdjson's 4 GB
    csimdjson_status_noMemory,
    csimdjson_status_other,
} csimdjson_status;

/// What a token is.
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
    csimdjson_kind_badNumber,      ///< starts like a number, and is none
    csimdjson_kind_hugeNumber,     ///< a number beyond the range of a double
    csimdjson_kind_unknown,         ///< anything else: `NaN`, `nulll`, `/* */`
} csimdjson_kind;

typedef struct {
    csimdjson_kind kind;
    size_t offset;  ///< of the token's first byte in the body
    const uint8_t *text;
    size_t length;
    int64_t integer;
    double number;
} csimdjson_token;

/// What csimdjson_read_tensor found.
typedef CSIMDJSON_ENUM(csimdjson_tensor_status) {
    csimdjson_tensor_ok,
    csimdjson_tensor_unexpected,    ///< a token that cannot stand there: `token`, an error of grammar
    csimdjson_tensor_notANumber,  ///< a string, boolean or object among the numbers: `token`
    csimdjson_tensor_outOfRange,  ///< a number beyond the range of float32
    csimdjson_tensor_emptyArray,
    csimdjson_tensor_ragged,        ///< a row of `found` values where the rows before it have `expected`
    csimdjson_tensor_deeper,        ///< an array where the rows before have a number
    csimdjson_tensor_shallower,     ///< a number where the rows before have an array
    csimdjson_tensor_tooDeep,      ///< more than csimdjson_max_rank levels
} csimdjson_tensor_status;

typedef struct {
    csimdjson_tensor_status status;
    size_t rank;
    size_t shape[csimdjson_max_rank];
    size_t count;                        ///< values written
    size_t nulls;                        ///< how many of them were null and are NaN in the buffer
    size_t depth;                        ///< on an error: how many of `position` say where
    size_t position[csimdjson_max_rank];
    size_t found;
    size_t expected;
    size_t offset;                       ///< on an error: the byte where it was noticed
    csimdjson_kind token;                ///< on an error: the token that was noticed
    bool after_value;                    ///< on an error of grammar: a separator was due, not a value
} csimdjson_tensor;

typedef struct csimdjson_parser csimdjson_parser;

/// A parser that holds no memory to speak of yet; NULL when there is none to be had.
csimdjson_parser *csimdjson_create(void);
void csimdjson_destroy(csimdjson_parser *parser);

/// The longest body that this parser reads without allocating; it keeps about 6 bytes of address space each.
size_t csimdjson_capacity(const csimdjson_parser *parser);

/// Indexes `length` bytes at `body`, behind which csimdjson_padding more must be readable, in a buffer for
/// bodies of at least `capacity` bytes. The body must stay where it is until the last token is read.
csimdjson_status csimdjson_start(csimdjson_parser *parser, const uint8_t *body, size_t length,
                                 size_t capacity);

/// The next token. At the end of the body: csimdjson_kind_end, as often as it is asked for.
csimdjson_token csimdjson_next(csimdjson_parser *parser);

/// How many tokens have not been read yet.
size_t csimdjson_tokens_left(const csimdjson_parser *parser);

/// Reads nested arrays of numbers whose opening bracket has just been read, in row-major order. Every value
/// takes a token and a separator, so that half of csimdjson_tokens_left floats are room enough; `capacity` is
/// checked all the same.
csimdjson_tensor csimdjson_read_tensor(csimdjson_parser *parser, float *values, size_t capacity);

/// The longest texts: -1.1754944e-38, say, and a comma; -2.2250738585072014e-308.
enum { csimdjson_float_room = 16, csimdjson_double_room = 24 };

/// Writes floats with commas between them, into room for csimdjson_float_room bytes each, and returns how
/// many bytes it wrote. Each text is the shortest that reads back to the same float; null if not finite.
size_t csimdjson_write_floats(const float *values, size_t count, uint8_t *text);

/// Writes a double likewise, into room for csimdjson_double_room bytes.
size_t csimdjson_write_double(double value, uint8_t *text);

#ifdef __cplusplus
}
#endif

#endif
