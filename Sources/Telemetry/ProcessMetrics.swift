import Glibc

/// Metrics of this process from /proc, under the names that Prometheus' client libraries use.
package struct ProcessMetrics: Sendable, Equatable {
    /// User and system CPU time, in seconds.
    package let cpuSeconds: Double
    /// Virtual memory, in bytes.
    package let virtualBytes: Double
    /// Resident memory, in bytes.
    package let residentBytes: Double
    /// Start of the process, in seconds since 1970.
    package let startTime: Double
    /// Open file descriptors.
    package let openDescriptors: Double
    /// Maximum number of open file descriptors (RLIMIT_NOFILE).
    package let maxDescriptors: Double

    /// Reads the current metrics; nil if /proc cannot be read.
    package init?() {
        guard let stat = Self.text(of: "/proc/self/stat"), let name = stat.lastIndex(of: ")"),
            let boot = Self.text(of: "/proc/stat")?.split(separator: "\n").first(where: {
                $0.hasPrefix("btime ")
            }), let bootTime = Double(boot.dropFirst(6)), let open = Self.openDescriptors()
        else { return nil }
        // proc(5) counts fields from 1. Field 3 is the first after the name, which may contain spaces and
        // parentheses.
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
        maxDescriptors = Double(limit.rlim_cur)
    }

    /// Writes the metrics.
    package func write(to text: inout MetricsText) {
        text.single(
            "process_cpu_seconds_total", .counter, "User and system CPU time of the process, in seconds.",
            cpuSeconds)
        text.single(
            "process_virtual_memory_bytes", .gauge, "Virtual memory of the process, in bytes.", virtualBytes)
        text.single(
            "process_resident_memory_bytes", .gauge, "Resident memory of the process, in bytes.",
            residentBytes)
        text.single(
            "process_start_time_seconds", .gauge, "Start time of the process, in seconds since 1970.",
            startTime)
        text.single("process_open_fds", .gauge, "Number of open file descriptors.", openDescriptors)
        text.single("process_max_fds", .gauge, "Maximum number of open file descriptors.", maxDescriptors)
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
        // Do not count ".", ".." and the descriptor of the folder itself.
        var count = -3
        while readdir(folder) != nil { count += 1 }
        return Double(count)
    }
}
