import DataFormats
import HTTP1
import JSON
import TimeSeries

extension FieldReader {
    /// The members of a JSON request that an array replaces.
    private static let membersOfNPY: Set<String> = ["series", "windows", "recordings"]

    /// Reads a request with an array in NumPy's format and options in the query. The reader then has the
    /// members of a JSON request. An array of shape `[rows][F]` becomes `series`, one of shape `[N][T][F]`
    /// `windows`. NaN is a missing value.
    /// - Parameter flag: the member that flags rows; nil for a path without one.
    /// - Throws: 422 for an invalid array or parameter.
    init(npy request: Request, flag: String?) throws(Problem) {
        do throws(JSONError) {
            try self.init(query: request.target.queryItems, besides: Self.membersOfNPY)
            let array = try Self.array(request.body)
            guard let name = [2: "series", 3: "windows"][array.shape.count] else {
                throw JSONError(
                    .invalid,
                    "the array has \(array.shape.count) axes, the shape \(array.shape); it must have 2 "
                        + "axes for rows [rows][F], or 3 axes for windows [N][T][F]")
            }
            set(
                name,
                .tensor(
                    Tensor(
                        shape: array.shape, values: array.values.map(Double.init),
                        missing: array.values.indices.filter { array.values[$0].isNaN })))
            if let flag, case .string(let text) = object[flag] { set(flag, try Self.flags(flag, text)) }
        } catch {
            throw Problem(error)
        }
    }

    private static func array(_ file: [UInt8]) throws(JSONError) -> NPYArray {
        do throws(NPYError) {
            return try NPYArray(file)
        } catch {
            throw JSONError(.invalid, "the body \(error.detail)")
        }
    }

    /// Parses a query parameter that flags rows, such as `[[8,9]]`.
    private static func flags(_ name: String, _ text: String) throws(JSONError) -> JSONValue {
        let body = Array("{\"flags\":\(text)}".utf8)
        // Refuse text that closes the object, which could add members.
        guard case .object(let object)? = try? JSONReader.parse(body, tensors: ["flags"]),
            object.members.count == 1, let flags = object["flags"]
        else {
            throw JSONError(
                .invalid, "\(Quote.text(name)) is \(Quote.text(text)); it must be \(rowFlagsRule)")
        }
        return flags
    }
}

extension Response {
    /// 200 with an array of float32 or float64 in NumPy's format.
    static func npy<Value: NPYElement>(_ values: ArraySlice<Value>, shape: [Int]) -> Response {
        Response(
            status: .ok, fields: [(name: "Content-Type", value: MediaType.npy.rawValue)],
            body: .bytes(NPYArray.encode(values, shape: shape)))
    }
}
