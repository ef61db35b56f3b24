# Two stages: the toolchain builds, a small Debian runs.
FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup build
COPY Package.swift openapi.yaml ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product reprise --static-swift-stdlib \
 && strip .build/release/reprise

FROM debian:bookworm-slim
COPY scripts/setup /tmp/setup
RUN /tmp/setup run && rm -rf /tmp/setup /var/lib/apt/lists/*
COPY --from=build /src/.build/release/reprise /usr/local/bin/reprise
# Mount a volume here to keep the models; whoever runs the server must be able to write to it.
RUN mkdir /models && chown 65532:65532 /models
VOLUME /models
# Nobody in particular, by number, so that a cluster can check that it is not root.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["reprise", "health"]
ENTRYPOINT ["reprise"]
CMD ["serve", "--host", "0.0.0.0", "--models", "/models"]
