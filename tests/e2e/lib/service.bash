# shellcheck shell=bash
# Starts and stops the built service for the end-to-end tests. A test sets `script` to its name, sources this file, and
# then uses $root, $bin, $scratch, $base, fail, sql, free_port, start, stop and with_postgres.
# The working directory becomes the root of the repository; databases and files are removed when the test ends.
set -euo pipefail

script=${script:?set script to the name of the test before sourcing service.bash}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
# shellcheck source=tests/e2e/lib/tools.bash
source "$root/tests/e2e/lib/tools.bash"

# A relative ENTENTE_BIN is relative to where the test was started.
if [[ -n ${ENTENTE_BIN:-} ]]; then ENTENTE_BIN=$(realpath --canonicalize-missing "$ENTENTE_BIN"); fi
cd "$root"
bin=${ENTENTE_BIN:-$(cargo metadata --no-deps --format-version=1 | jq --raw-output .target_directory)/debug/entente}
# The service warns about ENTENTE_ variables that are not settings.
unset ENTENTE_BIN
# All visitors of a test share one address.
export ENTENTE_CALLBACKS_OPEN_PER_NETWORK=0 ENTENTE_CALLBACKS_DAY_SHARE_PERCENT=100
scratch=$(mktemp -d)
pid='' database=''

finish() {
    local status=$?
    if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
    if ((status)) && [[ -s $scratch/log ]]; then
        echo '--- last lines of the service log:' >&2
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

# create_database: creates an empty PostgreSQL database and sets $database to its name and $database_url to its URL.
create_database() {
    local server=${ENTENTE_TEST_POSTGRES_URL%%\?*}
    database=entente_${script}_$$
    sql "CREATE DATABASE $database"
    database_url=${server%/*}/$database
}

drop_database() {
    if [[ -n $database ]]; then sql "DROP DATABASE IF EXISTS $database WITH (FORCE)"; fi
    database=''
}

# with_postgres COMMAND...: runs the command with the URL of an empty database, or prints that PostgreSQL was skipped.
with_postgres() {
    if [[ -n ${ENTENTE_TEST_POSTGRES_URL:-} ]]; then
        create_database
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

is_ready() { curl --silent --fail --max-time 2 --output /dev/null "$base/readyz"; }

# start DATABASE_URL: starts the demo, sets $base to its address, and waits up to a minute until its data is loaded and
# it is ready.
start() {
    local port
    port=$(free_port)
    # shellcheck disable=SC2034  # used by the tests that source this file
    base=http://127.0.0.1:$port
    export ENTENTE_DATABASE_URL=$1 ENTENTE_LISTEN=127.0.0.1:$port
    export ENTENTE_ENVIRONMENT=development ENTENTE_LOG_FORMAT=json
    export ENTENTE_JWT_SECRET=smoke-test-secret-of-no-value-0123456789

    rm -f "$scratch/log"
    (cd "$scratch" && exec "$bin" demo) >"$scratch/log" 2>&1 &
    pid=$!
    local attempt
    for ((attempt = 0; attempt < 600; attempt++)); do
        kill -0 "$pid" 2>/dev/null || fail 'the service exited before it was ready'
        # The demo prints this line when its data is loaded.
        if grep --quiet --no-messages 'example is loaded' "$scratch/log" && is_ready; then return; fi
        sleep 0.1
    done
    fail 'the demo data was not loaded within a minute'
}

# stop: sends SIGTERM and fails unless the service exits with status 0 within 30 seconds, the stop_grace_period in
# docker-compose.yml.
stop() {
    local attempt status=0
    kill -TERM "$pid"
    for ((attempt = 0; attempt < 300; attempt++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null; then fail 'the service was still running 30 s after SIGTERM'; fi
    wait "$pid" || status=$?
    pid=''
    if ((status)); then fail "the service exited with status $status after SIGTERM, expected 0"; fi
}

[[ -x $bin ]] || fail "$bin does not exist; build it with: cargo build --locked"
