import Foundation
import Fuzzing

/// Which target is run: libFuzzer leaves the arguments that it doesn't know, so the name comes in the environment.
private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap(FuzzTarget.init)

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target else { fatalError("set FUZZ_TARGET to one of \(FuzzTarget.allCases)") }
    if let finding = target.finding(Array(UnsafeBufferPointer(start: start, count: count))) {
        fatalError(finding)
    }
    return 0
}
