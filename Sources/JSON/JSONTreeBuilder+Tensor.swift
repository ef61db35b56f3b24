import CSimdJSON

/// Reads tensors, nested arrays of numbers, with the shim, and describes its errors.
extension JSONTreeBuilder {
    /// Reads the tensor that starts with `token`.
    ///
    /// The buffer has room for the maximum number of values that the rest of the body can hold. Its unused
    /// part is never touched, so it takes address space only.
    func tensor(_ token: csimdjson_token, path: String) throws(JSONError) -> Tensor {
        guard token.kind == .openArray else {
            throw notAnArray(token)
        }
        var result = csimdjson_tensor()
        let maxCount = csimdjson_tokens_left(parser) / 2
        let values = [Double](unsafeUninitializedCapacity: maxCount) { buffer, count in
            result = csimdjson_read_tensor(parser, buffer.baseAddress, buffer.count)
            count = result.status == .ok ? result.count : 0
        }
        guard result.status == .ok else { throw error(result) }
        // JSON has no NaN, so each NaN was a null.
        let missing = result.nulls == 0 ? [] : values.indices.filter { values[$0].isNaN }
        return Tensor(
            shape: Array(result.shapes.prefix(result.rank)), values: values, missing: missing,
            rounded: result.rounded)
    }

    private func notAnArray(_ token: csimdjson_token) -> JSONError {
        switch token.kind {
        case .string, .true, .false, .openObject,
            .integer, .number:
            JSONError(.invalid, "found \(kind(of: token)); expected nested arrays of numbers")
        default:
            MalformedJSON.error(token, expected: "nested arrays of numbers", in: body)
        }
    }

    private func kind(of token: csimdjson_token) -> String {
        switch token.kind {
        case .string: "a string"
        case .true, .false: "a boolean"
        case .openObject: "an object"
        default: "the number \(MalformedJSON.source(token, in: body))"
        }
    }

    private func error(_ result: csimdjson_tensor) -> JSONError {
        let pointer = result.positions.prefix(result.depth).map { "/\($0)" }.joined()
        var token = csimdjson_token()
        token.kind = result.token
        token.offset = result.offset
        let source = MalformedJSON.source(token, in: body)
        switch result.status {
        case .notANumber:
            return JSONError(
                .invalid, at: pointer,
                "found \(kind(of: token)) among numbers; each value must be a number, or null if it is "
                    + "missing"
            )
        case .emptyArray:
            return JSONError(.invalid, at: pointer, "an array is empty; every array needs at least one value")
        case .ragged:
            return JSONError(
                .invalid, at: pointer,
                "this row has \(count(result.found)); the previous rows have \(result.expected), and all "
                    + "must have the same length")
        case .deeper:
            return JSONError(
                .invalid, at: pointer,
                "found an array where the previous rows have a number; all rows must be nested equally deep")
        case .shallower:
            return JSONError(
                .invalid, at: pointer,
                "found \(source) where the previous rows have an array; all rows must be nested equally deep")
        case .tooDeep:
            return JSONError(
                .invalid, at: pointer, "arrays of numbers are nested more than \(csimdjson_max_rank) deep")
        default:
            var error = MalformedJSON.error(token, expected: wanted(result), in: body)
            error.pointer = pointer
            return error
        }
    }

    private func count(_ values: Int) -> String {
        values == 1 ? "1 value" : "\(values) values"
    }

    private func wanted(_ result: csimdjson_tensor) -> String {
        result.after_value ? "',' or ']'" : "a number"
    }
}

extension csimdjson_tensor {
    /// Swift imports C arrays as tuples.
    fileprivate var shapes: [Int] { [shape.0, shape.1, shape.2, shape.3] }
    fileprivate var positions: [Int] { [position.0, position.1, position.2, position.3] }
}
