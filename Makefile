# The commands of this repository. CI calls the same targets. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CARGO_DENY_VERSION := 0.20.2
MDBOOK_VERSION := 0.5.4
MERMAID := node_modules/@mermaid-js/tiny
SHELL_SCRIPTS := .ci/run fuzz/run $(wildcard tests/e2e/*/run tests/e2e/lib/*.bash) \
	tests/e2e/browser/swagger tests/e2e/browser/form tests/e2e/openapi/generators
E2E := e2e-smoke e2e-guide e2e-clients e2e-contract e2e-swagger e2e-form e2e-webhooks e2e-records e2e-crash \
	e2e-replicas e2e-faults

.PHONY: help
help: ## Show this list
	@awk -F ':[^#]*## ' '/^[a-z][a-z0-9-]*:[^#]*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Start the service with example data (the first build takes several minutes)
	cargo run --locked -- demo

.PHONY: check
check: check-form ## Check formatting, clippy and the shell scripts
	cargo clippy --all-targets --locked -- -D warnings

.PHONY: check-form
check-form: ## Check formatting and the shell scripts
	cargo fmt --check
	shellcheck --external-sources $(SHELL_SCRIPTS)

.PHONY: test
test: ## Run the tests, except the slow ones
	cargo test --locked -- --skip slow::

.PHONY: test-all
test-all: ## Run all tests, including the slow ones
	cargo test --locked

.PHONY: holidays
holidays: ## Write the table of public holidays that the tests compare with (needs python3 with venv)
	source tests/e2e/lib/tools.bash; install_python_tools target/holidays tests/holidays/requirements.txt
	target/holidays/bin/python tests/holidays/table.py

.PHONY: fuzz
fuzz: ## Fuzz the parsers, each for SECONDS seconds (default: 20; TARGET=json selects one; needs g++)
	fuzz/run $(or $(SECONDS),20) $(TARGET)

.PHONY: build
build: ## Build the debug binary for the end-to-end tests, unless ENTENTE_BIN is set
	@[[ -n "$${ENTENTE_BIN:-}" ]] || { set -x; cargo build --locked; }

.PHONY: e2e $(E2E)
e2e: $(E2E) ## Run all end-to-end tests (tests/e2e/README.md)
$(E2E): build

e2e-smoke: ## Test the basic endpoints and the curl walkthrough of the documentation
	tests/e2e/smoke/run

e2e-guide: ## Test docs/integrating.md and its example programs
	tests/e2e/guide/run

e2e-clients: ## Test generated clients in TypeScript and Python
	tests/e2e/clients/run

e2e-contract: ## Test the API against its document with generated requests
	tests/e2e/contract/run

e2e-swagger: ## Test Swagger UI in Chromium
	tests/e2e/browser/swagger

e2e-form: ## Test the callback form in Chromium
	tests/e2e/browser/form

e2e-webhooks: ## Test the webhook receivers of docs/receiving-webhooks.md
	tests/e2e/webhooks/run

e2e-records: ## Test the records in local fakes of five CRM and ITSM tools
	tests/e2e/records/run

e2e-crash: ## Kill the service repeatedly, and check that no event is lost
	tests/e2e/crash/run

e2e-replicas: ## Kill replicas under load, and check that nothing is lost or done twice
	tests/e2e/replicas/run

e2e-faults: ## Break the database, the disk, the clock and the network, and check every response
	tests/e2e/faults/run

.PHONY: openapi
openapi: ## Regenerate openapi/openapi.json and openapi/openapi-3.0.json
	@document=$$(mktemp); trap 'rm -f "$$document"' EXIT; set -x; \
	cargo run --quiet --locked -- openapi >"$$document"; cat "$$document" >openapi/openapi.json; \
	cargo run --quiet --locked -- openapi --version 3.0 >"$$document"; cat "$$document" >openapi/openapi-3.0.json

.PHONY: openapi-examples
openapi-examples: ## Record the examples of success responses in openapi/examples.json
	RECORD_EXAMPLES=1 cargo test --locked --test it -- --exact examples::the_recorded_examples_are_current::sqlite
	$(MAKE) openapi

.PHONY: reference
reference: ## Regenerate the reference pages of the documentation from the code
	cargo build --locked
	target/debug/entente reference events >docs/reference/events.md
	target/debug/entente reference metrics >docs/reference/metrics.md
	target/debug/entente reference permissions >docs/reference/permissions.md
	target/debug/entente reference problems >docs/reference/problems.md
	target/debug/entente reference states >docs/concepts/states.md

.PHONY: openapi-check
openapi-check: ## Check that the files in openapi are current, valid and compatible with the last release
	tests/e2e/openapi/run

.PHONY: openapi-generators
openapi-generators: ## Generate clients for Go, Java and C#, and compile the one for Java (needs a JDK)
	tests/e2e/openapi/generators

.PHONY: release
release: ## Build the release binary for the benchmarks, unless ENTENTE_BIN is set
	@[[ -n "$${ENTENTE_BIN:-}" ]] || { set -x; cargo build --release --locked; }

.PHONY: bench-guard
bench-guard: release ## Check the instructions per request against benches/budget.toml (UPDATE=1 writes it)
	benches/guard.py $(if $(UPDATE),--update)

.PHONY: bench-growth
bench-growth: release ## Measure every list, filter and report on 10 thousand and on 1 million callback requests
	benches/growth.py

.PHONY: bench-soak
bench-soak: release ## Watch the memory under a mixed load for MINUTES minutes (default: 30)
	benches/soak.py --minutes $(or $(MINUTES),30)

.PHONY: bench
bench: release ## Measure the performance targets P1 to P9 (benches/README.md)
	cargo build --release --locked --manifest-path benches/hello/Cargo.toml --target-dir target/hello
	benches/bench.py

.PHONY: docs
docs: docs-check mdbook ## Build the documentation as a website in target/book (needs npm)
	mdbook build docs
	mkdir -p target/site
	cp docs/site/package.json docs/site/package-lock.json target/site/
	cd target/site && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cp target/site/$(MERMAID)/dist/mermaid.tiny.js target/book/mermaid.js
	cp target/site/$(MERMAID)/LICENSE target/book/mermaid.LICENSE.txt

.PHONY: docs-check
docs-check: ## Check the links and API paths of the documentation
	python3 tests/docs/check.py

.PHONY: rustdoc
rustdoc: ## Build the documentation of the code in target/doc
	RUSTDOCFLAGS='-D warnings -A rustdoc::private-intra-doc-links -A rustdoc::bare-urls' cargo doc --no-deps --document-private-items --locked

.PHONY: licences
licences: ## Check the licences and sources of the dependencies (needs cargo-deny)
	cargo deny --log-level=warn check licenses bans sources

.PHONY: advisories
advisories: ## Check the dependencies for known vulnerabilities (needs cargo-deny, and access to the RustSec database)
	cargo deny --log-level=warn check advisories

.PHONY: cargo-deny
cargo-deny: ## Install the cargo-deny version that CI uses, unless it is installed
	@[[ $$(cargo deny --version 2>/dev/null) == "cargo-deny $(CARGO_DENY_VERSION)" ]] \
	|| { set -x; cargo install cargo-deny --version $(CARGO_DENY_VERSION) --locked --debug --quiet; }

.PHONY: mdbook
mdbook: ## Install the mdBook version that builds the documentation, unless it is installed
	@[[ $$(mdbook --version 2>/dev/null) == "mdbook v$(MDBOOK_VERSION)" ]] \
	|| { set -x; cargo install mdbook --version $(MDBOOK_VERSION) --no-default-features --features search --locked --quiet; }
