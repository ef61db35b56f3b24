// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// libFuzzer has the main function, so this target links only with it: see scripts/fuzz.
let fuzzer: [Target] =
    Context.environment["REPRISE_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/FuzzMain",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
    ]

let package = Package(
    name: "reprise",
    products: [
        .executable(name: "reprise", targets: ["reprise"]),
        // For the benchmarks, which are a separate package.
        .library(name: "DataFormats", targets: ["DataFormats"]),
        .library(name: "NeuralNetwork", targets: ["NeuralNetwork"]),
        .library(name: "TimeSeries", targets: ["TimeSeries"]),
        .library(name: "COpenBLAS", targets: ["COpenBLAS"]),
    ],
    // Exact versions, so that every build of a commit has the same: see CONTRIBUTING.md.
    dependencies: [
        .package(url: "https://github.com/apple/swift-algorithms", exact: "1.2.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        // Without the traits that need all of Foundation.
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // C and C++: module maps and thin shims.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.unsafeFlags(["-O3"])],
            linkerSettings: [.linkedLibrary("simdjson")]),
        // The console's files, embedded.
        .target(name: "CConsole", exclude: ["page"]),
        .target(name: "CVectorMath", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),

        // JSON in and out.
        .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: strict),

        // File formats of models: bytes to and from named tensors.
        .target(
            name: "ModelFormats",
            dependencies: ["JSON", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["ONNX/onnx.proto"],
            swiftSettings: strict),

        // Time series, the formats that they come in, and the engine.
        .target(name: "TimeSeries", swiftSettings: strict),
        .target(name: "DataFormats", dependencies: ["CSimdJSON", "TimeSeries"], swiftSettings: strict),
        .target(name: "Inspection", dependencies: ["DataFormats", "TimeSeries"], swiftSettings: strict),
        .target(
            name: "NeuralNetwork",
            dependencies: ["CLinux", "COpenBLAS", "CVectorMath", "TimeSeries"],
            swiftSettings: strict),

        // Metrics and log lines.
        .target(
            name: "Telemetry", dependencies: [.product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),

        // From reconstructions to decisions.
        .target(name: "Detection", dependencies: ["NeuralNetwork", "TimeSeries"], swiftSettings: strict),

        // Trained models: their files, the folder that holds them, and training jobs.
        .target(
            name: "ModelFiles",
            dependencies: [
                "DataFormats", "Detection", "JSON", "ModelFormats", "NeuralNetwork", "TimeSeries",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "ModelStore",
            dependencies: [
                "ModelFiles", "NeuralNetwork", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Training",
            dependencies: [
                "DataFormats", "Detection", "Inspection", "ModelFiles", "ModelStore", "NeuralNetwork",
                "Telemetry", "TimeSeries",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: strict),

        // Networks and the outputs of their layers as pictures and tables.
        .target(name: "Diagrams", dependencies: ["NeuralNetwork", "TimeSeries"], swiftSettings: strict),

        // The HTTP server, which does not depend on models, and the API, where both meet.
        .target(name: "HTTP1", dependencies: ["CLinux"], swiftSettings: strict),
        .target(
            name: "ServingAPI",
            dependencies: [
                "CConsole", "CZlib", "DataFormats", "Detection", "Diagrams", "HTTP1", "Inspection", "JSON",
                "ModelFiles", "ModelStore", "NeuralNetwork", "Telemetry", "TimeSeries", "Training",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Resources/openapi.yaml")],
            swiftSettings: strict),

        // The protocols of other servers, for their clients.
        .target(
            name: "OpenInference",
            dependencies: [
                "Detection", "HTTP1", "JSON", "ModelFiles", "ModelStore", "NeuralNetwork", "ServingAPI",
                "TimeSeries",
            ],
            swiftSettings: strict),
        .target(
            name: "AzureDetector",
            dependencies: [
                "DataFormats", "Detection", "HTTP1", "JSON", "ModelFiles", "ModelStore", "NeuralNetwork",
                "ServingAPI", "TimeSeries", "Training",
                .product(name: "Algorithms", package: "swift-algorithms"),
            ],
            swiftSettings: strict),

        // Scores as a page to read.
        .target(name: "HTMLReport", swiftSettings: strict),

        // The client and the executable.
        .target(name: "RepriseClient", dependencies: ["CCurl"], swiftSettings: strict),
        .executableTarget(
            name: "reprise",
            dependencies: [
                "AzureDetector", "DataFormats", "HTMLReport", "HTTP1", "Inspection", "JSON", "ModelFiles",
                "ModelStore",
                "OpenInference", "RepriseClient", "ServingAPI", "Telemetry", "TimeSeries", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(
            name: "ModelFormatsTests", dependencies: ["Fuzzing", "ModelFormats"], swiftSettings: strict),
        .testTarget(name: "TimeSeriesTests", dependencies: ["TimeSeries"], swiftSettings: strict),
        .testTarget(
            name: "DataFormatsTests", dependencies: ["DataFormats", "TimeSeries"], swiftSettings: strict),
        .testTarget(
            name: "InspectionTests", dependencies: ["DataFormats", "Inspection", "TimeSeries"],
            swiftSettings: strict),
        .testTarget(
            name: "NeuralNetworkTests",
            dependencies: ["NeuralNetwork", "TimeSeries"],
            swiftSettings: strict),
        .testTarget(
            name: "DetectionTests", dependencies: ["Detection", "NeuralNetwork", "TimeSeries"],
            swiftSettings: strict),
        .target(
            name: "HTTP1Testing", dependencies: ["HTTP1"], path: "Tests/HTTP1Testing",
            swiftSettings: strict),
        .testTarget(
            name: "HTTP1Tests", dependencies: ["HTTP1", "HTTP1Testing"], exclude: ["wire-cases.md"],
            swiftSettings: strict),

        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: [
                "APITesting", "Detection", "ModelFiles", "ModelFormats", "ModelStore", "NeuralNetwork",
                "TimeSeries", "Training",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Tests of the API run in process and over a socket with this harness.
        .target(
            name: "APITesting",
            dependencies: [
                "AzureDetector", "HTTP1", "ModelFormats", "ModelStore", "OpenInference", "RepriseClient",
                "ServingAPI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/APITesting",
            swiftSettings: strict),
        .testTarget(
            name: "ServingAPITests",
            dependencies: [
                "APITesting", "DataFormats", "Diagrams", "HTTP1", "ModelFiles", "ModelStore", "RepriseClient",
                "ServingAPI", "TimeSeries", "Training",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(name: "HTMLReportTests", dependencies: ["HTMLReport"], swiftSettings: strict),
        .testTarget(
            name: "OpenInferenceTests", dependencies: ["APITesting", "OpenInference", "ServingAPI"],
            swiftSettings: strict),
        .testTarget(
            name: "AzureDetectorTests",
            dependencies: [
                "APITesting", "AzureDetector", "DataFormats", "ServingAPI", "TimeSeries", "Training",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "APITesting", "RepriseClient", "reprise", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        // Fuzz targets, and the test that replays their corpus.
        .target(
            name: "Fuzzing",
            dependencies: ["DataFormats", "HTTP1", "HTTP1Testing", "JSON", "ModelFormats", "TimeSeries"],
            path: "Tests/Fuzzing", exclude: ["Corpus"], swiftSettings: strict),
        .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"], swiftSettings: strict),
    ] + fuzzer,
    cxxLanguageStandard: .cxx17
)
