#!/usr/bin/env bash
# Measures the release binary with wrk (32 connections) on SQLite and PostgreSQL, and the SQL statements of the same
# operations with pgbench on the same server. Only ratios within one run are meaningful (see README.md).
# Needs wrk, pgbench, psql, jq and curl.
#   ENTENTE_TEST_POSTGRES_URL   a PostgreSQL server on which databases may be created
#                               (default: postgres://postgres@127.0.0.1:5432/postgres)
#   BENCH_SECONDS               duration of each measurement in seconds (default: 10)
#   ENTENTE_BIN                 the binary to measure (default: target/release/entente)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
bin=${ENTENTE_BIN:-target/release/entente}
bin=$(realpath "$bin")
# The service rejects ENTENTE_ variables that are not settings.
unset ENTENTE_BIN
seconds=${BENCH_SECONDS:-10}
server=${ENTENTE_TEST_POSTGRES_URL:-postgres://postgres@127.0.0.1:5432/postgres}
database=entente_bench_$$
scratch=$(mktemp -d)
pid=''

finish() {
    if [[ -n $pid ]]; then kill -TERM "$pid" 2>/dev/null || true; fi
    psql --no-psqlrc --quiet --command="DROP DATABASE IF EXISTS $database WITH (FORCE)" "$server" >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap finish EXIT

export ENTENTE_LISTEN=127.0.0.1:18090 ENTENTE_RATE_LIMIT_PER_MINUTE=0 ENTENTE_LOG=warn
# Otherwise the worker would deliver the events of the created requests during the measurement.
export ENTENTE_WORKER=false
# All visitors of the benchmark share one IP address.
export ENTENTE_CALLBACKS_PER_ADDRESS_PER_MINUTE=0 ENTENTE_CALLBACKS_PER_MINUTE=0
export ENTENTE_JWT_SECRET=benchmark-secret-of-no-value-0123456789
base=http://$ENTENTE_LISTEN

# start DATABASE_URL: starts the demo and waits until its data is loaded.
start() {
    export ENTENTE_DATABASE_URL=$1
    (cd "$scratch" && exec "$bin" demo) >"$scratch/log" 2>&1 &
    pid=$!
    for _ in $(seq 300); do
        if grep --quiet 'example is loaded' "$scratch/log"; then return; fi
        sleep 0.1
    done
    cat "$scratch/log" >&2
    return 1
}

stop() {
    kill -TERM "$pid"
    wait "$pid"
    pid=''
}

# measure NAME WRK-ARGUMENT...: prints requests per second, p50, p99, and the number of responses that are not 2xx.
measure() {
    wrk --threads 1 --connections 32 --duration "${seconds}s" --latency "${@:2}" >"$scratch/wrk"
    awk -v name="$1" '/50%/ { p50 = $2 } /99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $NF }
        END { printf "%-28s %10.0f/s  p50 %8s  p99 %8s  not 2xx: %d\n", name, rate, p50, p99, bad }' "$scratch/wrk"
}

# endpoints NAME SEED: measures all operations of the running service.
endpoints() {
    local token project
    token=$(cd "$scratch" && "$bin" token cmo)
    project=prj_01kdvdna00e008000000000001
    measure "$1 hello (/livez)" "$base/livez"
    measure "$1 project read" --header "Authorization: Bearer $token" "$base/v1/projects/$project"
    measure "$1 project list" --header "Authorization: Bearer $token" "$base/v1/projects?limit=50"
    SEED=$2 measure "$1 callback creation" --script benches/callback.lua "$base"
    awk '/RssAnon/ { printf "%-28s %10d kB\n", "'"$1"' RssAnon after load", $2 }' "/proc/$pid/status"
}

psql --no-psqlrc --quiet --command="CREATE DATABASE $database" "$server"
url=${server%/*}/$database

start "sqlite://$scratch/entente.db"
endpoints sqlite 1
stop

start "$url"
endpoints postgres 2

# The SQL statements of the service, with values.
for script in benches/pgbench/*.sql; do
    pgbench --no-vacuum --protocol=prepared --client=32 --jobs=1 --time="$seconds" --file="$script" "$url" 2>&1 \
        | awk -v name="pgbench $(basename "$script" .sql)" '/^tps/ { printf "%-28s %10.0f/s\n", name, $3 }'
done
stop
