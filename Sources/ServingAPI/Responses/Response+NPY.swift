import DataFormats
import HTTP1

extension Response {
    /// 200 with an array of float32 or float64 in NumPy's format.
    static func npy<Value: NPYElement>(_ values: ArraySlice<Value>, shape: [Int]) -> Response {
        Response(
            status: .ok, fields: [(name: "Content-Type", value: MediaType.npy.rawValue)],
            body: .bytes(NPYArray.encode(values, shape: shape)))
    }
}
