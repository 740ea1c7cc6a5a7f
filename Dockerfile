# Two stages: one file is bundled, and nothing but that file is added to a Node without a shell.
ARG BUILD_IMAGE=node:24-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

# What is built is JavaScript and the same on every platform, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# The image brings its own Node 24: no package of this project needs an install script.
RUN npm ci --ignore-scripts
COPY rolldown.config.ts tsconfig.json ./
COPY machines machines
COPY src src
RUN node node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts
# Distroless has no mkdir. A new volume takes over what its folder has: whoever runs the sidecar may write there.
RUN mkdir -p empty/state && chmod 1777 empty/state

# The platform is the default, but buildah 1.28 would go on with the first stage's.
FROM --platform=$TARGETPLATFORM ${RUNTIME_IMAGE}
ARG RUNTIME_IMAGE
ARG VERSION=dev
LABEL org.opencontainers.image.title="qbit-ntfy-sidecar" \
      org.opencontainers.image.description="Follows qBittorrent's downloads on a phone that runs ntfy" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}" \
      org.opencontainers.image.version="${VERSION}"
WORKDIR /app
COPY --from=build /build/dist/sidecar.js ./
COPY --from=build /build/empty/ /
# malloc keeps two arenas and gives back what it does not need; docs/benchmarks.md has what each of these is worth.
ENV NODE_ENV=production STATE_DIR=/state MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
USER 65532:65532
VOLUME /state
EXPOSE 9090 9091
# A small young generation, and no optimizing compilers: for what a sidecar does in a day they take longer than they
# save, and 15 to 60 MB. docs/benchmarks.md has what else was tried.
# The collector can be called: src/app/memory.ts does it before the sidecar sleeps.
# In the permission model: no programs, no debugger, no native code, and Node's own file functions write to /state only.
# It is a second line: node:sqlite does not ask it, and NODE_OPTIONS can widen it. What holds is the user, the missing
# capabilities and --read-only. SIGUSR1 opens no debugger.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=1", "--optimize-for-size", "--no-opt", "--no-maglev", "--expose-gc", "--disable-sigusr1", "--permission", "--allow-fs-read=*", "--allow-fs-write=/state", "/app/sidecar.js"]
CMD []
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s CMD ["/nodejs/bin/node", "/app/sidecar.js", "healthcheck"]
