# shellcheck shell=bash
# Installs what the end-to-end tests need from npm and PyPI. Sourced, never run.

# install_node_tools FOLDER: installs exactly what the lock file of FOLDER names, unless that is already installed.
install_node_tools() {
    if [[ ! $1/node_modules/.package-lock.json -nt $1/package-lock.json ]]; then
        # --ignore-scripts: no dependency needs an install script, and one of them only sends telemetry.
        (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    fi
}

# install_python_tools VENV REQUIREMENTS: creates a virtual environment with the pinned packages, unless an up-to-date
# one exists.
install_python_tools() {
    if [[ $1/ready -nt $2 ]]; then return; fi
    python3 -m venv --clear "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes --requirement="$2"
    touch "$1/ready"
}
