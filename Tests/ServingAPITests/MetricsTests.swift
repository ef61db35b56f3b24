import APITesting
import Glibc
import HTTP1
import ServingAPI
import Testing
import Training

/// GET /metrics.
@Suite struct MetricsTests {
    private static func metrics(_ api: API) throws -> Exposition {
        let response = try api.get("/metrics")
        #expect(response.status == 200)
        #expect(response["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        return try Exposition(response.text)
    }

    private static func train(_ api: API, _ model: String, _ members: [String: JSON?] = [:]) throws {
        #expect(try api.post("/train", Small.training(model, members)).status == 201)
    }

    @Test(arguments: TransportKind.allCases) func requestsAreCountedByRouteMethodAndStatus(
        _ transport: TransportKind
    ) throws {
        let api = try API(transport)
        for _ in 0..<3 { _ = try api.get("/healthz") }
        _ = try api.send("HEAD", "/healthz")
        _ = try api.send("PATCH", "/healthz")
        for name in ["a", "b", "%22%5C%0A", String(repeating: "x", count: 300)] {
            _ = try api.get("/models/\(name)")
            _ = try api.get("/no/such/\(name)")
            _ = try api.post("/none/\(name)", [:])
        }
        let metrics = try Self.metrics(api)
        func count(_ route: String, _ method: String, _ status: Int) -> Double? {
            let labels = ["route": route, "method": method, "status": "\(status)"]
            let count = metrics.value("reprise_http_requests_total", labels)
            #expect(metrics.value("reprise_http_request_duration_seconds_count", labels) == count)
            return count
        }
        #expect(count("/healthz", "GET", 200) == 3)
        #expect(count("/healthz", "HEAD", 200) == 1)
        #expect(count("/healthz", "PATCH", 405) == 1)
        #expect(count("(other)", "GET", 404) == 4)
        #expect(count("(other)", "POST", 404) == 4)
        let ofModels = metrics.samples.filter {
            $0.name == "reprise_http_requests_total" && $0.labels["route"] == "/models/{model}"
        }
        #expect(ofModels.reduce(0) { $0 + $1.value } == 4)
        let text = "\(metrics.samples)"
        #expect(!text.contains("such") && !text.contains("xxx"), "no part of a path may be a label")
        #expect(metrics.value("reprise_http_requests_in_flight") == 1, "GET /metrics itself is in flight")
        let next = try Self.metrics(api)
        #expect(
            next.value(
                "reprise_http_requests_total", ["route": "/metrics", "method": "GET", "status": "200"]) == 1)
    }

    @Test func histogramBucketsAreCumulative() throws {
        let api = try API(.inProcess)
        try Self.train(api, "toy")
        for _ in 0..<20 {
            _ = try api.post("/reconstruct", ["model": "toy", "windows": Small.windows])
        }
        let metrics = try Self.metrics(api)
        var ends: [String: (last: Double, buckets: Int)] = [:]
        for sample in metrics.samples where sample.name.hasSuffix("_bucket") {
            let series =
                "\(sample.name) \(sample.labels.filter { $0.key != "le" }.sorted { $0.key < $1.key })"
            let before = ends[series] ?? (0, 0)
            #expect(sample.value >= before.last, "\(series)")
            ends[series] = (sample.value, before.buckets + 1)
            if sample.labels["le"] == "+Inf" {
                let family = String(sample.name.dropLast("_bucket".count))
                let labels = sample.labels.filter { $0.key != "le" }
                #expect(metrics.value("\(family)_count", labels) == sample.value)
            }
        }
        #expect(ends.count > 4)
    }

    @Test(arguments: TransportKind.allCases) func inferencesAreCountedByModelAndVersion(
        _ transport: TransportKind
    ) throws {
        let api = try API(transport)
        try Self.train(api, "toy")
        try Self.train(api, "toy")
        for path in ["/reconstruct", "/encode", "/score"] {
            #expect(try api.post(path, ["model": "toy", "windows": Small.windows]).status == 200)
        }
        let old: JSON = ["model": "toy", "version": 1, "windows": Small.windows]
        #expect(try api.post("/reconstruct", old).status == 200)
        // A large request waits in the queue, and is counted too.
        let many: JSON = [
            "model": "toy", "series": Small.series(rows: 2000), "timesteps": 2, "version": 1,
        ]
        let response = try api.post("/reconstruct", many)
        #expect(response.status == 200 || response.status == 422, "\(response.text)")
        let metrics = try Self.metrics(api)
        let (first, second) = (["model": "toy", "version": "1"], ["model": "toy", "version": "2"])
        #expect(metrics.value("reprise_inference_windows_total", second) == 6)
        #expect(metrics.value("reprise_inference_batch_windows_count", second) == 3)
        #expect(metrics.value("reprise_inference_batch_windows_sum", second) == 6)
        #expect(metrics.value("reprise_inference_queue_seconds_count", second) == 3)
        #expect(metrics.value("reprise_inference_compute_seconds_count", second) == 3)
        #expect((metrics.value("reprise_inference_compute_seconds_sum", second) ?? 0) > 0)
        let ofSeries = response.status == 200 ? 1999.0 : 0
        #expect(metrics.value("reprise_inference_windows_total", first) == 2 + ofSeries)
        #expect(metrics.value("reprise_loaded_model_versions") == 2)
        #expect(metrics.value("reprise_models") == 1 && metrics.value("reprise_model_versions") == 2)
        #expect((metrics.value("reprise_loaded_model_bytes") ?? 0) > 100)

        #expect(try api.delete("/models/toy/versions/1").status == 204)
        let after = try Self.metrics(api)
        #expect(after.value("reprise_inference_windows_total", first) == nil)
        #expect(after.value("reprise_inference_windows_total", second) == 6)
    }

    @Test func everyRouteThatRunsAModelCountsItsWindows() throws {
        let api = try API(.live)
        try Self.train(api, "toy")
        func windows(_ model: String) throws -> Double? {
            try Self.metrics(api).value("reprise_inference_windows_total", ["model": model, "version": "1"])
        }
        let input: JSON = [
            "name": "windows", "datatype": "FP32", "shape": [2, 2, 2], "data": Small.windows,
        ]
        #expect(try api.post("/v2/models/toy/infer", ["inputs": [input]]).status == 200)
        #expect(try windows("toy") == 2)
        let labelled: JSON = ["model": "toy", "series": Small.series, "labels": [[4, 5]]]
        #expect(try api.post("/evaluate", labelled).status == 200)
        #expect(try windows("toy") == 2 + 9)
        let comparison = try api.post("/compare", Small.comparison("both"))
        let testWindows = try comparison.json["test_windows"]?.double
        #expect(testWindows ?? 0 > 0, "\(comparison.text)")
        #expect(try windows("both-autoencoder") == testWindows)
        #expect(try windows("both-stacked") == testWindows)
    }

    @Test func modelsBeyondTheLabelLimitShareOneLabel() throws {
        let api = try API(.live)
        try Self.train(api, "m0")
        let file = try api.get("/models/m0/model.safetensors").body
        for index in 1..<110 {
            let response = try api.send(
                "PUT", "/models/m\(index)/model.safetensors",
                fields: [(name: "Content-Type", value: "application/octet-stream")], body: file)
            #expect(response.status == 201)
        }
        for index in 0..<110 {
            let body: JSON = ["model": .string("m\(index)"), "windows": Small.windows]
            #expect(try api.post("/reconstruct", body).status == 200)
        }
        let metrics = try Self.metrics(api)
        let windows = metrics.samples.filter { $0.name == "reprise_inference_windows_total" }
        #expect(windows.count == 101)
        #expect(windows.reduce(0) { $0 + $1.value } == 220)
        #expect(metrics.value("reprise_inference_windows_total", ["model": "(other)"]) == 20)
        // Deleting a model frees its label for another model.
        #expect(try api.delete("/models/m0").status == 204)
        _ = try Self.metrics(api)
        _ = try api.post("/reconstruct", ["model": "m109", "windows": Small.windows])
        #expect(try Self.metrics(api).value("reprise_inference_windows_total", ["model": "m109"]) == 2)
    }

    @Test func trainingsAreCountedByOutcome() throws {
        let api = try API(.inProcess)
        let before = try Self.metrics(api)
        for outcome in ["succeeded", "failed", "cancelled"] {
            #expect(before.value("reprise_trainings_total", ["outcome": outcome]) == 0)
        }
        try Self.train(api, "toy", ["epochs": 7])
        #expect(try api.post("/train", Small.diverging("bad")).status == 422)
        let fields = [(name: "Prefer", value: "respond-async")]
        let location = try api.post("/train", text: "\(Small.long("long"))", fields: fields)["location"]
        let path = try #require(location)
        while try api.get(path).json["state"] == "queued" { usleep(1000) }
        let during = try Self.metrics(api)
        #expect(during.value("reprise_trainings_running") == 1)
        #expect(during.value("reprise_trainings_waiting") == 0)
        _ = try api.post("/train", text: "\(Small.training("waits"))", fields: fields)
        #expect(try Self.metrics(api).value("reprise_trainings_waiting") == 1)
        api.service.jobs.close()
        _ = try api.delete(path)
        api.service.jobs.drain(timeout: 30)
        let metrics = try Self.metrics(api)
        #expect(metrics.value("reprise_trainings_total", ["outcome": "succeeded"]) == 1)
        #expect(metrics.value("reprise_trainings_total", ["outcome": "failed"]) == 1)
        #expect(metrics.value("reprise_trainings_total", ["outcome": "cancelled"]) == 2)
        #expect((metrics.value("reprise_training_epochs_total") ?? 0) >= 7)
        let loss = try #require(try api.get("/models/toy").json["loss"]?.double)
        let shown = try #require(metrics.value("reprise_training_last_loss", ["model": "toy"]))
        #expect(abs(shown - loss) < 1e-6 * max(1, abs(loss)))
        #expect(metrics.value("reprise_trainings_running") == 0)
    }

    @Test func connectionsAndTheProcessHaveMetrics() throws {
        var limits = Limits()
        limits.maxConnections = 2
        let api = try API(.live, limits: limits)
        let url = try #require(api.url)
        let second = try Client(url: url)
        #expect(try second.get("/healthz").status == 200)
        #expect(try api.get("/healthz").status == 200)
        #expect(try Client(url: url).get("/healthz").status == 503)
        let metrics = try Self.metrics(api)
        #expect(metrics.value("reprise_http_connections_refused_total") == 1)
        #expect(metrics.value("reprise_http_connections_accepted_total") == 3)
        #expect((2...3).contains(metrics.value("reprise_http_connections_open") ?? 0))
        let refused = ["route": "(other)", "method": "(other)", "status": "503"]
        #expect(metrics.value("reprise_http_requests_total", refused) == 1)
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
            "process_max_fds",
            "process_start_time_seconds",
        ] { #expect((metrics.value(name) ?? 0) > 0, "\(name)") }
        withExtendedLifetime(second) {}
    }

    /// Only the names of counters end with _total; times are in seconds, sizes in bytes.
    @Test func metricNamesFollowThePrometheusConventions() throws {
        let api = try API(.live)
        for (name, type) in try Self.metrics(api).types {
            #expect(name.hasSuffix("_total") == (type == "counter"), "\(name)")
            #expect(name.hasPrefix("reprise_") || name.hasPrefix("process_"))
            #expect(name.firstMatch(of: /milli|micro|_ms|_us|_mb|kilo/) == nil, "\(name)")
        }
    }

    // MARK: OpenMetrics

    private static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    private static let prometheus = "text/plain; version=0.0.4; charset=utf-8"
    /// Accept of Prometheus 3.
    private static let accept =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
        + "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"

    @Test(
        arguments: [
            (nil, prometheus), ("*/*", prometheus), ("text/plain", prometheus), ("text/*", prometheus),
            ("text/plain;version=0.0.4", prometheus), ("text/plain; charset=us-ascii", prometheus),
            ("application/openmetrics-text", openMetrics), ("application/*", openMetrics),
            ("application/openmetrics-text; version=1.0.0", openMetrics),
            ("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", openMetrics),
            (accept, openMetrics),
            // Prometheus before OpenMetrics 1.0.0.
            (
                "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                prometheus
            ),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.3", prometheus),
            ("application/openmetrics-text;q=0.3,text/plain;q=0.3", prometheus),
            ("text/plain;version=1.0.0,application/openmetrics-text;q=0.1", openMetrics),
            ("application/openmetrics-text;version=2.0.0", nil), ("text/plain;version=1.0.0", nil),
            ("application/openmetrics-text;q=0", nil),
        ] as [(String?, String?)])
    func theFormatIsNegotiated(_ accept: String?, _ type: String?) throws {
        let response = try API(.inProcess).get("/metrics", accept: accept)
        #expect(response.status == (type == nil ? 406 : 200))
        if let type { #expect(response["content-type"] == type) }
        #expect(response.text.hasSuffix("\n# EOF\n") == (type == Self.openMetrics))
    }

    @Test(arguments: TransportKind.allCases)
    func openMetricsHasTheSamplesOfThePrometheusFormat(_ transport: TransportKind) throws {
        let api = try API(transport)
        try Self.train(api, "toy")
        _ = try api.post("/reconstruct", ["model": "toy", "windows": Small.windows])
        _ = try api.get("/models/%22%5C%0A")
        let prometheus = try Self.metrics(api)
        let openMetrics = try Exposition(api.get("/metrics", accept: Self.accept).text, isOpenMetrics: true)
        // Requests for metrics are counted, the numbers of the process change, and other processes use the
        // disk.
        func comparable(_ exposition: Exposition) -> [String] {
            exposition.samples.filter {
                !$0.name.hasPrefix("process_") && !$0.name.contains("connections")
                    && $0.labels["route"] != "/metrics" && !$0.name.hasSuffix("_free_bytes")
            }.map { sample in
                let labels = sample.labels.mapValues { $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0 }
                return "\(sample.name) \(labels.sorted { $0.key < $1.key }) \(sample.value)"
            }
        }
        #expect(comparable(openMetrics) == comparable(prometheus))
        #expect(comparable(openMetrics).count > 100)
        #expect(
            Set(openMetrics.types.map { $0.value == "counter" ? $0.key + "_total" : $0.key })
                == Set(prometheus.types.keys))
    }
}
