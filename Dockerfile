# Three stages: the toolchain builds the executable, a small Debian collects the files that it needs, and the
# image contains only these: no shell, no package manager.
FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup build
COPY Package.swift ./
RUN swift package resolve
COPY openapi.yaml ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product reprise --static-swift-stdlib \
 && strip .build/release/reprise

FROM debian:bookworm-slim AS gather
COPY scripts/setup scripts/image-files /tmp/
RUN /tmp/setup run
COPY --from=build /src/.build/release/reprise /usr/local/bin/reprise
RUN /tmp/image-files /usr/local/bin/reprise /image \
 && mkdir /image/models && chown 65532:65532 /image/models

FROM scratch
LABEL org.opencontainers.image.title="reprise" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=gather /image /
# Mount a volume here to keep the models; the server's user must be able to write to it. The server writes
# nowhere else.
VOLUME /models
# The engine distributes work over cores itself; OpenBLAS would start one idle thread per core.
ENV PATH=/usr/local/bin OPENBLAS_NUM_THREADS=1
# Variables instead of arguments, so that users can change or add options one by one.
ENV REPRISE_HOST=0.0.0.0 REPRISE_MODELS=/models
# An unprivileged user, given by number so that a cluster can check that it is not root.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["reprise", "health"]
ENTRYPOINT ["reprise"]
CMD ["serve"]
