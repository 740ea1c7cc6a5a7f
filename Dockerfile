# Two stages: one file is bundled, and nothing but that file is added to a Node without a shell.
ARG BUILD_IMAGE=node:24-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings its own Node 24: no package of this project needs an install script.
RUN npm ci --ignore-scripts
COPY rolldown.config.ts tsconfig.json ./
COPY machines machines
COPY src src
RUN node node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts

FROM ${RUNTIME_IMAGE}
COPY --from=build /app/dist/sidecar.js /app/sidecar.js
ENV NODE_ENV=production
USER 65532:65532
EXPOSE 9090 9091
# Distroless: the entrypoint is the node binary itself.
CMD ["/app/sidecar.js"]
