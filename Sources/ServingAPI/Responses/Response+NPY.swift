import DataFormats
import HTTP1

extension Response {
    /// 200 with an array of float32 in NumPy's format.
    static func npy(_ values: ArraySlice<Float>, shape: [Int]) -> Response {
        .npy(NumPyArray.encode(values, shape: shape))
    }

    /// 200 with an array of float64 in NumPy's format.
    static func npy(_ values: ArraySlice<Double>, shape: [Int]) -> Response {
        .npy(NumPyArray.encode(values, shape: shape))
    }

    private static func npy(_ file: [UInt8]) -> Response {
        Response(
            status: .ok, fields: [(name: "Content-Type", value: MediaType.npy.rawValue)], body: .bytes(file))
    }
}
