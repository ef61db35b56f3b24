import CSimdJSON

/// Tensors: nested arrays of numbers, read by the shim and explained here.
extension JSONTreeBuilder {
    /// The tensor that starts with `token`.
    ///
    /// The buffer has room for as many values as there can be; what stays unused of it is never touched and
    /// costs address space only.
    func tensor(_ token: csimdjson_token, path: String) throws(JSONError) -> Tensor {
        guard token.kind == .openArray else {
            throw notAnArray(token)
        }
        var result = csimdjson_tensor()
        let most = csimdjson_tokens_left(parser) / 2
        let values = [Float](unsafeUninitializedCapacity: most) { buffer, count in
            result = csimdjson_read_tensor(parser, buffer.baseAddress, buffer.count)
            count = result.status == .ok ? result.count : 0
        }
        guard result.status == .ok else { throw error(result) }
        // JSON has no NaN: where one stands, the reader has put it for a null.
        let missing = result.nulls == 0 ? [] : values.indices.filter { values[$0].isNaN }
        return Tensor(shape: Array(result.shapes.prefix(result.rank)), values: values, missing: missing)
    }

    private func notAnArray(_ token: csimdjson_token) -> JSONError {
        switch token.kind {
        case .string, .true, .false, .openObject,
            .integer, .number:
            JSONError(.invalid, "\(kind(of: token)) stands where nested arrays of numbers are expected")
        default:
            MalformedJSON.error(token, wanted: "nested arrays of numbers", in: body)
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
                "\(kind(of: token)) stands among numbers; values are numbers, or null where one is missing")
        case .outOfRange:
            return JSONError(
                .invalid, at: pointer,
                "the number \(source) is beyond the range of float32, which ends at ±3.4028235e38")
        case .emptyArray:
            return JSONError(.invalid, at: pointer, "an array is empty; every array needs at least one value")
        case .ragged:
            return JSONError(
                .invalid, at: pointer,
                "this row has \(count(result.found)) where the rows before it have \(result.expected); "
                    + "all rows must be of the same length")
        case .deeper:
            return JSONError(
                .invalid, at: pointer,
                "an array stands where the rows before have a number; nest all rows alike")
        case .shallower:
            return JSONError(
                .invalid, at: pointer,
                "the number \(source) stands where the rows before have an array; nest all rows alike")
        case .tooDeep:
            return JSONError(
                .invalid, at: pointer, "arrays of numbers are nested more than \(csimdjson_max_rank) deep")
        default:
            var error = MalformedJSON.error(token, wanted: wanted(result), in: body)
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
    /// C arrays arrive as tuples.
    fileprivate var shapes: [Int] { [shape.0, shape.1, shape.2, shape.3] }
    fileprivate var positions: [Int] { [position.0, position.1, position.2, position.3] }
}
