// What the shim's files share: a simdjson parser and where it stands in a body.

#pragma once

// The shim is called from Swift, through which nothing may be thrown.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "CSimdJSON.h"

/// simdjson's token iterator, with the protected parts that a caller needs to stay inside the body and to
/// read ahead of it.
struct token_cursor : simdjson::ondemand::json_iterator {
    token_cursor() noexcept = default;
    explicit token_cursor(const simdjson::ondemand::json_iterator &other) noexcept : json_iterator(other) {}

    using token_position = simdjson::ondemand::token_position;
    token_position end() const noexcept { return end_position(); }
    void move_to(token_position position) noexcept { token.set_position(position); }
    size_t tokens_left() const noexcept { return size_t(end_position() - position()); }
};

struct csimdjson_parser {
    simdjson::ondemand::parser parser;
    token_cursor cursor;
    const uint8_t *body = nullptr;
    size_t length = 0;
};

/// The token at `at`, which the cursor has just passed.
csimdjson_token classify(csimdjson_parser &parser, const uint8_t *at) noexcept;
