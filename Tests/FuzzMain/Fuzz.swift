import Foundation
import Fuzzing

/// The target to run. Its name is passed in the environment, because libFuzzer interprets the arguments.
private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap(FuzzTarget.init)

/// The entry point that libFuzzer calls with each input. Stops the process if the target reports a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target else { fatalError("set FUZZ_TARGET to one of \(FuzzTarget.allCases)") }
    if let finding = target.finding(Array(UnsafeBufferPointer(start: start, count: count))) {
        fatalError(finding)
    }
    return 0
}
