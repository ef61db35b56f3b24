import Glibc

/// What Linux knows of this process, under the names that Prometheus' own libraries give it.
package struct ProcessFigures: Sendable, Equatable {
    /// User and system time.
    package let cpuSeconds: Double
    package let virtualBytes: Double
    package let residentBytes: Double
    /// Seconds since 1970.
    package let startTime: Double
    package let openDescriptors: Double
    package let maximalDescriptors: Double

    /// The figures of this moment; nil where /proc can't be read.
    package init?() {
        guard let stat = Self.text(of: "/proc/self/stat"), let name = stat.lastIndex(of: ")"),
            let boot = Self.text(of: "/proc/stat")?.split(separator: "\n").first(where: {
                $0.hasPrefix("btime ")
            }), let bootTime = Double(boot.dropFirst(6)), let open = Self.openDescriptors()
        else { return nil }
        // proc(5) counts the fields from 1; the third is the first behind the name, which may hold anything.
        let fields = stat[name...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        func field(_ number: Int) -> Double { fields[number - 3] }
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        cpuSeconds = (field(14) + field(15)) / tick
        startTime = bootTime + field(22) / tick
        virtualBytes = field(23)
        residentBytes = field(24) * Double(sysconf(Int32(_SC_PAGESIZE)))
        openDescriptors = open
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        maximalDescriptors = Double(limit.rlim_cur)
    }

    /// Writes them.
    package func write(to text: inout MetricsText) {
        text.single(
            "process_cpu_seconds_total", .counter, "User and system CPU time of the process.", cpuSeconds)
        text.single("process_virtual_memory_bytes", .gauge, "Virtual memory of the process.", virtualBytes)
        text.single("process_resident_memory_bytes", .gauge, "Resident memory of the process.", residentBytes)
        text.single(
            "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.",
            startTime)
        text.single("process_open_fds", .gauge, "Descriptors that are open.", openDescriptors)
        text.single("process_max_fds", .gauge, "Descriptors that may be open.", maximalDescriptors)
    }

    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        let size = 16_384
        while true {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: size))
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + start }, size)
            }
            bytes.removeLast(size - max(0, count))
            guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
        }
    }

    private static func openDescriptors() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        // Neither ".", "..", nor the folder's own descriptor.
        var count = -3
        while readdir(folder) != nil { count += 1 }
        return Double(count)
    }
}
