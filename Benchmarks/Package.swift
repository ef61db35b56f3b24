// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "reprise", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "engine-bench",
            dependencies: [
                "CAllocationCount",
                .product(name: "DataFormats", package: "reprise"),
                .product(name: "NeuralNetwork", package: "reprise"),
                .product(name: "TimeSeries", package: "reprise"),
                .product(name: "COpenBLAS", package: "reprise"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ]
)
