# The two commands are `make run` and `make test`; the others are for developers.

.PHONY: run test test-clients test-console check-metrics check-cluster check-openapi check-image check-manifests check-ray \
	build check fixtures bench bench-http clean

# Arguments of `reprise serve`, such as ARGS='--port 9000'.
ARGS ?=

run: build
	.build/release/reprise serve $(ARGS)

build:
	scripts/setup
	swift build -c release --product reprise

# In release mode: the engine's tests train networks.
test:
	scripts/setup
	swift test -c release

# Real Python packages against the server: Keras, safetensors and ONNX for its model files, http.client for its jobs, NumPy
# for its arrays, tritonclient and kserve for the Open Inference Protocol; and the examples.
test-clients: build
	scripts/setup clients
	python3 -m venv .venv-clients
	.venv-clients/bin/pip install --quiet -r Tests/clients/requirements.txt
	REPRISE=$${REPRISE:-.build/release/reprise} .venv-clients/bin/python -m pytest -v -p no:cacheprovider Tests/clients

# The examples for Ray on a cluster of two nodes, one of which is killed: some minutes.
check-ray: build
	python3 -m venv .venv-ray
	.venv-ray/bin/pip install --quiet -r Tests/ray/requirements.txt
	REPRISE=$${REPRISE:-.build/release/reprise} RAY_USAGE_STATS_ENABLED=0 \
		.venv-ray/bin/python -m pytest -v -p no:cacheprovider Tests/ray

# The console in Debian's Chromium, such as DATA=folder SCREENSHOTS=folder for real data and for pictures.
test-console: build
	scripts/setup console
	python3 -m venv .venv-console
	.venv-console/bin/pip install --quiet -r Tests/console/requirements.txt
	.venv-console/bin/python -m pytest -v -p no:cacheprovider Tests/console

# Prometheus and its promtool against the server's figures, for a minute.
check-metrics: build
	scripts/setup metrics
	scripts/metrics-check

# Three servers on one folder behind HAProxy: one is killed and one drained under load, and nothing is lost.
check-cluster: build
	scripts/setup cluster
	scripts/cluster-check

# schemathesis over openapi.yaml against the server: forty minutes.
check-openapi: build
	python3 -m venv .venv-openapi
	.venv-openapi/bin/pip install --quiet -r Tests/openapi/requirements.txt
	PATH="$(CURDIR)/.venv-openapi/bin:$$PATH" scripts/openapi-check

# The image, built without an engine and run as a cluster would; as root. A quarter of an hour, less when little is new.
check-image:
	scripts/setup image
	scripts/image-check

# The manifests for Kubernetes and KServe against published schemas, and their arguments against the executable.
check-manifests: build
	python3 -m venv .venv-manifests
	.venv-manifests/bin/pip install --quiet -r scripts/manifests-requirements.txt
	PATH="$(CURDIR)/.venv-manifests/bin:$$PATH" scripts/manifests-check

# Before a commit: format, module edges, warnings (always errors), tests.
check:
	scripts/check

# Test data made by real Keras and scikit-learn, in a virtual environment of its own.
fixtures:
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r scripts/fixtures-requirements.txt
	.venv/bin/python scripts/fixtures.py
	.venv/bin/python scripts/metrics-fixtures.py

# The engine and its peers side by side, such as BENCH='--keras sensor'.
BENCH ?=
bench:
	scripts/setup
	swift build -c release --package-path Benchmarks
	test -d Benchmarks/.venv || python3 -m venv Benchmarks/.venv
	Benchmarks/.venv/bin/pip install --quiet -r Benchmarks/peers/requirements.txt
	case '$(BENCH)' in *--keras*) Benchmarks/.venv/bin/pip install --quiet -r Benchmarks/peers/requirements-keras.txt;; esac
	Benchmarks/run.py $(BENCH)

# The server beside nginx under load, such as BENCH='throughput --seconds 10'; by default all but the soak.
bench-http: build
	scripts/setup bench
	Benchmarks/serve.py $(BENCH)

clean:
	rm -rf .build* .venv .venv-clients .venv-console .venv-manifests .venv-openapi .venv-ray Benchmarks/.build Benchmarks/.venv
