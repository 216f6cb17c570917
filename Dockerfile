# The image of Entente. Everything native (SQLite, libpq, OpenSSL) is compiled in, so the second stage needs no library.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev make perl \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# The dependencies in a layer of their own, which lives until Cargo.toml or Cargo.lock changes. An empty crate stands in.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
 && cargo build --release --locked \
 && rm -r src

COPY migrations migrations
COPY openapi openapi
COPY src src
# Its table of settings is what `entente settings` prints.
COPY README.md ./
# cargo goes by the time of a file, and the copied ones may be older than the stand-in.
RUN touch src/main.rs src/lib.rs && cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin entente \
 && install -d -o entente -g entente /data
COPY --from=build /src/target/release/entente /usr/local/bin/entente
COPY LICENSE /usr/share/doc/entente/LICENSE

# The compiled-in OpenSSL looks for certificates where Debian does not keep them.
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    ENTENTE_ENVIRONMENT=production \
    ENTENTE_LISTEN=0.0.0.0:8080 \
    ENTENTE_DATABASE_URL=sqlite:///data/entente.db \
    ENTENTE_LOG_FORMAT=json

USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["entente", "health"]
ENTRYPOINT ["entente"]
CMD ["serve"]
