# One image for each target: docker build --target treasury .
#
# Digests are those of the tag's index, so they hold for amd64 and arm64 alike; .github/dependabot.yml moves them. The tree of an
# app is the same for every architecture, so it is built once, on the architecture of the builder, and nothing is emulated.
FROM --platform=$BUILDPLATFORM node:26.10.0-trixie-slim@sha256:ec7758ee051e457b468b32bde57b0879010b325bb9862718e9615225ce4aaae1 AS builder
ENV npm_config_cache=/var/cache/npm

# `just images-check` calls the same script and runs what comes out of it, outside a container.
FROM builder AS github-app-tree
RUN --mount=type=bind,target=/repository --mount=type=cache,target=/var/cache/npm ["node", "/repository/dev/images/tree.ts", "github-app", "/repository", "/tree"]

FROM builder AS treasury-tree
RUN --mount=type=bind,target=/repository --mount=type=cache,target=/var/cache/npm ["node", "/repository/dev/images/tree.ts", "treasury", "/repository", "/tree"]

FROM builder AS identity-tree
RUN --mount=type=bind,target=/repository --mount=type=cache,target=/var/cache/npm ["node", "/repository/dev/images/tree.ts", "identity", "/repository", "/tree"]

FROM builder AS web-tree
RUN --mount=type=bind,target=/repository --mount=type=cache,target=/var/cache/npm ["node", "/repository/dev/images/tree.ts", "web", "/repository", "/tree"]

FROM builder AS migrate-tree
RUN --mount=type=bind,target=/repository --mount=type=cache,target=/var/cache/npm ["node", "/repository/dev/images/tree.ts", "migrate", "/repository", "/tree"]

FROM builder AS cli-tree
RUN --mount=type=bind,target=/repository --mount=type=cache,target=/var/cache/npm ["node", "/repository/dev/images/tree.ts", "cli", "/repository", "/tree"]

# Node and what it links to: no shell, no package manager, user 65532. Nothing is run here, and nothing is written later but /tmp.
FROM gcr.io/distroless/nodejs26-debian13:nonroot@sha256:afc6657a4b662f9cb69ca892b0596e55d6ef81a10e83ee8887b13f602877df89 AS runtime
WORKDIR /app
USER 65532:65532
ENV NODE_ENV=production
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.title="Doubloon" \
      org.opencontainers.image.description="Bounties on GitHub issues, held in escrow on Solana" \
      org.opencontainers.image.licenses="Apache-2.0"

FROM runtime AS service
ENV HOST=0.0.0.0 \
    PORT=8080 \
    INTERNAL_PORT=9090
EXPOSE 8080 9090
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.INTERNAL_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM service AS github-app
COPY --from=github-app-tree /tree /app
ENTRYPOINT ["/nodejs/bin/node", "apps/github-app/src/main.ts"]

FROM service AS treasury
COPY --from=treasury-tree /tree /app
ENTRYPOINT ["/nodejs/bin/node", "apps/treasury/src/main.ts"]

FROM service AS identity
COPY --from=identity-tree /tree /app
ENTRYPOINT ["/nodejs/bin/node", "apps/identity/src/main.ts"]

FROM service AS web
COPY --from=web-tree /tree /app
ENTRYPOINT ["/nodejs/bin/node", "apps/web/src/main.ts"]

# Applies the migrations of one database and ends: docker run … migrate treasury up
FROM runtime AS migrate
COPY --from=migrate-tree /tree /app
HEALTHCHECK NONE
ENTRYPOINT ["/nodejs/bin/node", "packages/postgres/src/migrate-main.ts"]

FROM runtime AS cli
COPY --from=cli-tree /tree /app
HEALTHCHECK NONE
ENTRYPOINT ["/nodejs/bin/node", "apps/cli/src/main.ts"]
