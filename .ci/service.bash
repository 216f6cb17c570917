# shellcheck shell=bash
# Starts and stops the built service for scripts beside this one. A script sources it first, names itself in `script`,
# and uses: $root, $bin, $scratch, fail, sql, free_port, start, stop, $base, $database (dropped at the end).
set -euo pipefail

script=${script:?name the script before you source this}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
bin=${ENTENTE_BIN:-$(cargo metadata --no-deps --format-version=1 | jq --raw-output .target_directory)/debug/entente}
# The service takes every ENTENTE_ variable for a setting.
unset ENTENTE_BIN
scratch=$(mktemp -d)
pid='' database=''

finish() {
    local status=$?
    if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
    if ((status)) && [[ -s $scratch/log ]]; then
        echo '--- the last lines of the service:' >&2
        tail --lines=40 "$scratch/log" >&2
    fi
    drop_database || true
    rm -rf "$scratch"
}
trap finish EXIT

fail() {
    echo "$script: $*" >&2
    exit 1
}

sql() { psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --command="$1" "$ENTENTE_TEST_POSTGRES_URL"; }

# fresh_database: leaves its name in $database and its address in $database_url.
fresh_database() {
    local server=${ENTENTE_TEST_POSTGRES_URL%%\?*}
    database=entente_${script}_$$
    sql "CREATE DATABASE $database"
    database_url=${server%/*}/$database
}

drop_database() {
    if [[ -n $database ]]; then sql "DROP DATABASE IF EXISTS $database WITH (FORCE)"; fi
    database=''
}

# with_postgres COMMAND...: runs it with the address of a fresh database, or says that it was skipped.
with_postgres() {
    if [[ -n ${ENTENTE_TEST_POSTGRES_URL:-} ]]; then
        fresh_database
        "$@" "$database_url"
        drop_database
    elif [[ ${REQUIRE_POSTGRES:-} == 1 ]]; then
        fail 'REQUIRE_POSTGRES=1, but ENTENTE_TEST_POSTGRES_URL is not set'
    else
        echo "$script: postgres skipped: ENTENTE_TEST_POSTGRES_URL is not set"
    fi
}

free_port() {
    local port
    for port in $(shuf --input-range=20000-29999 --head-count=50); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    fail 'no free port'
}

# start DATABASE_URL: runs the demo and waits, at most a minute, until its data are loaded.
start() {
    local port
    port=$(free_port)
    # shellcheck disable=SC2034  # for those who source this
    base=http://127.0.0.1:$port
    export ENTENTE_DATABASE_URL=$1 ENTENTE_LISTEN=127.0.0.1:$port
    export ENTENTE_ENVIRONMENT=development ENTENTE_LOG_FORMAT=json
    export ENTENTE_JWT_SECRET=smoke-test-secret-of-no-value-0123456789

    rm -f "$scratch/log"
    (cd "$scratch" && exec "$bin" demo) >"$scratch/log" 2>&1 &
    pid=$!
    local attempt
    for ((attempt = 0; attempt < 600; attempt++)); do
        kill -0 "$pid" 2>/dev/null || fail 'the service ended before it was ready'
        # The demo introduces itself when its data are loaded.
        if grep --quiet --no-messages 'example is loaded' "$scratch/log"; then return; fi
        sleep 0.1
    done
    fail 'the demo was not loaded within a minute'
}

# stop: SIGTERM must end the service cleanly within the 30 seconds that docker-compose.yml grants.
stop() {
    local attempt status=0
    kill -TERM "$pid"
    for ((attempt = 0; attempt < 300; attempt++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null; then fail 'still running 30 s after SIGTERM'; fi
    wait "$pid" || status=$?
    pid=''
    if ((status)); then fail "exit status $status after SIGTERM, expected 0"; fi
}

[[ -x $bin ]] || fail 'the binary is missing; build it with: cargo build --locked'
