// Declarations that the shim's files share: a simdjson parser and its position in a body.

#pragma once

// The shim is called from Swift, which C++ exceptions must not pass.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "CSimdJSON.h"

/// simdjson's token iterator, with access to the protected members that are needed to detect the end of the
/// body and to iterate over tokens separately.
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

/// Returns the token at `at`, which the cursor has just passed.
csimdjson_token classify(csimdjson_parser &parser, const uint8_t *at) noexcept;
