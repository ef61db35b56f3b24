# Three stages: the toolchain builds, a small Debian gathers what the executable needs, and the image is that alone:
# no shell, no package manager.
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
# Mount a volume here to keep the models; whoever runs the server must be able to write to it. Nothing else is written.
VOLUME /models
# The engine splits work over cores itself; OpenBLAS would start a thread for each core and leave it idle.
ENV PATH=/usr/local/bin OPENBLAS_NUM_THREADS=1
# Variables, so that who adds options, or sets these, need not say the rest again.
ENV REPRISE_HOST=0.0.0.0 REPRISE_MODELS=/models
# Nobody in particular, by number, so that a cluster can check that it is not root.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["reprise", "health"]
ENTRYPOINT ["reprise"]
CMD ["serve"]
