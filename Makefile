# Users need `make run` and `make test`; the other targets are for developers. CONTRIBUTING.md has an
# overview.

.PHONY: run test test-clients test-console check-metrics check-cluster check-openapi check-image \
	check-manifests check-ray check-systemd build options check lint dist article evaluate fixtures bench \
	bench-http clean

# Arguments of `reprise serve`, for example ARGS='--port 9000'.
ARGS ?=

run: build
	.build/release/reprise serve $(ARGS)

build:
	scripts/setup
	swift build -c release --product reprise

# In release mode, because the engine's tests train networks. The build fails if a target imports another one
# that it does not declare; checked here, it needs no build of its own.
test:
	scripts/setup
	swift test -c release --explicit-target-dependency-import-check error

# Tests the server with real Python packages: Keras, safetensors and ONNX for its model files, http.client for
# its jobs, NumPy for its arrays, tritonclient and kserve for the Open Inference Protocol, Azure's client for
# the Anomaly Detector paths; and tests the examples, and the code blocks of the README and of docs.
test-clients: build
	scripts/setup clients
	python3 -m venv .venv-clients
	.venv-clients/bin/pip install --quiet -r Tests/clients/requirements.txt
	REPRISE=$${REPRISE:-.build/release/reprise} \
		.venv-clients/bin/python -m pytest -v -p no:cacheprovider Tests/clients

# Runs the Ray examples on a cluster of two nodes, one of which is killed. Takes some minutes.
check-ray: build
	python3 -m venv .venv-ray
	.venv-ray/bin/pip install --quiet -r Tests/ray/requirements.txt
	REPRISE=$${REPRISE:-.build/release/reprise} RAY_USAGE_STATS_ENABLED=0 \
		.venv-ray/bin/python -m pytest -v -p no:cacheprovider Tests/ray

# Tests the console in Debian's Chromium, and attacks by web pages also in its Firefox. DATA=folder uses real
# data, SCREENSHOTS=folder saves pictures.
test-console: build
	scripts/setup console
	python3 -m venv .venv-console
	.venv-console/bin/pip install --quiet -r Tests/console/requirements.txt
	.venv-console/bin/python -m pytest -v -p no:cacheprovider Tests/console

# Checks the server's metrics with promtool, the parser of OpenMetrics in Prometheus' Python client, and a
# real Prometheus. Takes a minute.
check-metrics: build
	scripts/setup metrics
	python3 -m venv .venv-metrics
	.venv-metrics/bin/pip install --quiet -r scripts/metrics-requirements.txt
	PATH="$(CURDIR)/.venv-metrics/bin:$$PATH" scripts/metrics-check

# Checks three servers on one folder behind HAProxy: one is killed and one drained under load, without a lost
# request.
check-cluster: build
	scripts/setup cluster
	scripts/cluster-check

# Checks the server against openapi.yaml with schemathesis. Takes forty minutes.
check-openapi: build
	python3 -m venv .venv-openapi
	.venv-openapi/bin/pip install --quiet -r Tests/openapi/requirements.txt
	PATH="$(CURDIR)/.venv-openapi/bin:$$PATH" scripts/openapi-check

# Builds the image without a container engine and runs it as a cluster would. Needs root. Takes a quarter of
# an hour, less with cached layers.
check-image:
	scripts/setup image
	scripts/image-check

# Checks the manifests for Kubernetes and KServe against published schemas, and their arguments with the
# executable.
check-manifests: build
	python3 -m venv .venv-manifests
	.venv-manifests/bin/pip install --quiet -r scripts/manifests-requirements.txt
	PATH="$(CURDIR)/.venv-manifests/bin:$$PATH" scripts/manifests-check

# Checks the systemd unit with systemd's own tools, where they are installed.
check-systemd: build
	scripts/systemd-check

# Writes docs/options.md from the declarations of the options of `reprise serve`.
options: build
	.build/release/reprise options >docs/options.md

# Run before each commit. Warnings are errors in every build.
check: lint test

# The formatting, and the line length of .editorconfig in all languages: swift format accepts longer literals.
# Generated files and data are not wrapped. `git grep` exits with 1 if no line is longer.
NOT_WRAPPED = *.md *.pb.swift *.json *.svg *.csv Tests/Fixtures Tests/Fuzzing/Corpus
lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks/Sources
	LC_ALL=C.UTF-8 git grep -InE '^.{111,}' -- . $(NOT_WRAPPED:%=':!%'); test $$? -eq 1

# Builds a release in dist: an archive with the executable, libraries and licences, and its checksum. Then
# unpacks it and runs it.
dist:
	scripts/setup
	scripts/dist
	scripts/dist-check

# Writes the numbers and pictures of docs/article.md. Without Keras, the output of commands that need it
# stays; the Python of `make test-clients` has it: ARTICLE_PYTHON=.venv-clients/bin/python.
ARTICLE_PYTHON ?= python3
article: build
	$(ARTICLE_PYTHON) scripts/article

# Measures detection on labelled data, for example EVALUATE='--data ../data skab tep --combine newest mean'.
EVALUATE ?= --synthetic
evaluate: build
	python3 -m venv .venv-evaluate
	.venv-evaluate/bin/pip install --quiet -r scripts/evaluate-requirements.txt
	.venv-evaluate/bin/python scripts/evaluate $(EVALUATE)

# Regenerates the test data of Keras and scikit-learn, in a virtual environment of its own.
fixtures:
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r scripts/fixtures-requirements.txt
	.venv/bin/python scripts/fixtures.py
	.venv/bin/python scripts/metrics-fixtures.py

# Measures the engine beside its peers, for example BENCH='--keras sensor'.
BENCH ?=
bench:
	scripts/setup
	swift build -c release --package-path Benchmarks
	test -d Benchmarks/.venv || python3 -m venv Benchmarks/.venv
	Benchmarks/.venv/bin/pip install --quiet -r Benchmarks/peers/requirements.txt
	case '$(BENCH)' in *--keras*) \
		Benchmarks/.venv/bin/pip install --quiet -r Benchmarks/peers/requirements-keras.txt;; \
	esac
	Benchmarks/run.py $(BENCH)

# Measures the server beside nginx under load, for example BENCH='throughput --seconds 10'. Runs all but the
# soak by default.
bench-http: build
	scripts/setup bench
	Benchmarks/serve.py $(BENCH)

clean:
	rm -rf .build* dist .venv .venv-clients .venv-console .venv-evaluate .venv-manifests .venv-metrics \
		.venv-openapi .venv-ray Benchmarks/.build Benchmarks/.venv
