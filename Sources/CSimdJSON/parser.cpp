#include "parser.hpp"

#include <new>

#include "number.hpp"

static_assert(csimdjson_padding == simdjson::SIMDJSON_PADDING, "the header promises simdjson's padding");

namespace {

/// Reads a number that is the last token. Padding follows it, which may contain digits, so it is read from a
/// copy.
void classify_last_number(const uint8_t *at, size_t length, csimdjson_token &token) noexcept {
    simdjson::padded_string copy(reinterpret_cast<const char *>(at), length + 1);
    token.kind = csimdjson_kind_hugeNumber;
    if (copy.data() == nullptr) return;  // out of memory
    copy.data()[length] = ' ';
    read_number(reinterpret_cast<const uint8_t *>(copy.data()), token);
}

void classify_string(csimdjson_parser &parser, const uint8_t *at, csimdjson_token &token) noexcept {
    std::string_view text;
    if (parser.cursor.unescape(simdjson::ondemand::raw_json_string(at + 1)).get(text)) {
        token.kind = csimdjson_kind_badEscape;
        return;
    }
    token.kind = csimdjson_kind_string;
    token.text = reinterpret_cast<const uint8_t *>(text.data());
    token.length = text.size();
}

}  // namespace

csimdjson_token classify(csimdjson_parser &parser, const uint8_t *at) noexcept {
    namespace atoms = simdjson::builtin::atomparsing;
    csimdjson_token token{};
    token.offset = size_t(at - parser.body);
    token.kind = csimdjson_kind_unknown;
    size_t left = parser.length - token.offset;
    switch (*at) {
    case '{': token.kind = csimdjson_kind_openObject; break;
    case '}': token.kind = csimdjson_kind_closeObject; break;
    case '[': token.kind = csimdjson_kind_openArray; break;
    case ']': token.kind = csimdjson_kind_closeArray; break;
    case ':': token.kind = csimdjson_kind_colon; break;
    case ',': token.kind = csimdjson_kind_comma; break;
    case '"': classify_string(parser, at, token); break;
    case 't': if (atoms::is_valid_true_atom(at, left)) token.kind = csimdjson_kind_true; break;
    case 'f': if (atoms::is_valid_false_atom(at, left)) token.kind = csimdjson_kind_false; break;
    case 'n': if (atoms::is_valid_null_atom(at, left)) token.kind = csimdjson_kind_null; break;
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        if (parser.cursor.at_end()) {
            classify_last_number(at, left, token);
        } else {
            read_number(at, token);
        }
        break;
    default: break;
    }
    return token;
}

csimdjson_parser *csimdjson_create(void) { return new (std::nothrow) csimdjson_parser; }

void csimdjson_destroy(csimdjson_parser *parser) { delete parser; }

size_t csimdjson_capacity(const csimdjson_parser *parser) { return parser->parser.capacity(); }

csimdjson_status csimdjson_start(csimdjson_parser *parser, const uint8_t *body, size_t length,
                                 size_t capacity) {
    if (length == 0) return csimdjson_status_empty;
    if (length > parser->parser.max_capacity()) return csimdjson_status_tooLarge;
    if (parser->parser.capacity() < length) {
        size_t wanted = capacity < length ? length : capacity;
        if (parser->parser.allocate(wanted)) return csimdjson_status_noMemory;
    }
    parser->body = body;
    parser->length = length;
    simdjson::padded_string_view padded(body, length, length + csimdjson_padding);
    simdjson::ondemand::json_iterator tokens;
    switch (parser->parser.iterate_raw(padded).get(tokens)) {
    case simdjson::SUCCESS: break;
    case simdjson::EMPTY: return csimdjson_status_empty;
    case simdjson::UTF8_ERROR: return csimdjson_status_invalidUtf8;
    case simdjson::UNCLOSED_STRING: return csimdjson_status_unclosedString;
    case simdjson::UNESCAPED_CHARS: return csimdjson_status_controlCharacter;
    case simdjson::CAPACITY: return csimdjson_status_tooLarge;
    case simdjson::MEMALLOC: return csimdjson_status_noMemory;
    default: return csimdjson_status_other;
    }
    parser->cursor = token_cursor(tokens);
    return csimdjson_status_ok;
}

csimdjson_token csimdjson_next(csimdjson_parser *parser) {
    if (parser->cursor.at_end()) {
        csimdjson_token token{};
        token.kind = csimdjson_kind_end;
        token.offset = parser->length;
        return token;
    }
    return classify(*parser, parser->cursor.return_current_and_advance());
}

size_t csimdjson_tokens_left(const csimdjson_parser *parser) { return parser->cursor.tokens_left(); }
