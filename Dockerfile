# Two stages: the first bundles the program into one file, the second adds that file to an image of Node without a shell.
ARG BUILD_IMAGE=node:24-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

# The bundle is the same for all platforms: it is built on the builder's platform.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# The image has Node 24, so the `node` package needs no install script, and no other package has one.
RUN npm ci --ignore-scripts
COPY rolldown.config.ts tsconfig.json ./
COPY machines machines
COPY src src
RUN node node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts
# Distroless has no mkdir. A new volume inherits the folder's permissions: any user that runs the sidecar can write to it.
RUN mkdir -p empty/state && chmod 1777 empty/state

# This platform is the default, but buildah 1.28 would use the platform of the first stage.
FROM --platform=$TARGETPLATFORM ${RUNTIME_IMAGE}
ARG RUNTIME_IMAGE
ARG VERSION=dev
LABEL org.opencontainers.image.title="qbit-ntfy-sidecar" \
      org.opencontainers.image.description="Shows each qBittorrent download as one silently updating ntfy notification" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}" \
      org.opencontainers.image.version="${VERSION}"
WORKDIR /app
COPY --from=build /build/dist/sidecar.js ./
COPY --from=build /build/empty/ /
# malloc uses at most two arenas and returns unused memory; docs/benchmarks.md has the effect of each setting.
ENV NODE_ENV=production STATE_DIR=/state MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
USER 65532:65532
VOLUME /state
EXPOSE 9090 9091
# A small young generation and no optimizing compilers: they would use 15 to 60 MB, and more CPU time than they save in a
# sidecar. docs/benchmarks.md lists what else was tried.
# --expose-gc: src/app/memory.ts collects garbage before the sidecar becomes idle.
# The permission model forbids child processes, the debugger and native code, and allows writing only to /state. It is a
# second line of defence: node:sqlite ignores it, and NODE_OPTIONS can extend it. The first line is the unprivileged user,
# the dropped capabilities and --read-only. --disable-sigusr1: the signal does not open the debugger.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=1", "--optimize-for-size", "--no-opt", "--no-maglev", "--expose-gc", "--disable-sigusr1", "--permission", "--allow-fs-read=*", "--allow-fs-write=/state", "/app/sidecar.js"]
CMD []
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s CMD ["/nodejs/bin/node", "/app/sidecar.js", "healthcheck"]
