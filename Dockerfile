# Builds the image of Entente. SQLite and libpq are linked statically; OpenSSL, for PostgreSQL TLS, comes from Debian.
# docs/operating/supply-chain.md says how to build from base images with a known digest.
ARG BUILD_IMAGE=rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libssl-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# Adds the list of dependencies to the binary, so that scanners can check it.
ARG CARGO_AUDITABLE_VERSION=0.7.7
RUN cargo install cargo-auditable --version "${CARGO_AUDITABLE_VERSION}" --locked

# Builds the dependencies with an empty crate, in a layer that is cached until Cargo.toml or Cargo.lock changes.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock build.rs ./
RUN mkdir -p src && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
 && cargo auditable build --release --features postgres-tls --locked \
 && rm -r src

# .dockerignore lists the files that the build reads.
COPY . .
# The copied files may be older than those of the empty crate, and cargo compares modification times.
RUN touch src/main.rs src/lib.rs && cargo auditable build --release --features postgres-tls --locked

FROM ${RUNTIME_IMAGE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin entente \
 && install -d -o entente -g entente /data
COPY --from=build /src/target/release/entente /usr/local/bin/entente
COPY LICENSE /usr/share/doc/entente/LICENSE

# The default database is entente.db in the working folder. It is not set here, so that ENTENTE_DATABASE_URL_FILE is
# possible. MALLOC_ARENA_MAX: without it, the C library keeps separate memory for each thread.
ENV ENTENTE_ENVIRONMENT=production \
    ENTENTE_LISTEN=0.0.0.0:8080 \
    ENTENTE_LOG_FORMAT=json \
    MALLOC_ARENA_MAX=2

USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Ends within 25 seconds, so wait for 30: docker stop --time 30, stop_grace_period, terminationGracePeriodSeconds.
STOPSIGNAL SIGTERM
# Asks ENTENTE_ADMIN_LISTEN if it is set, also for `entente worker`.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["entente", "health"]
ENTRYPOINT ["entente"]
CMD ["serve"]
