# Everything a newcomer and CI run. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/trestle
# Outside the checkout, so that a second checkout need not build 900 crates again.
export CARGO_TARGET_DIR ?= $(CACHE)/target

# Some Solana crates declare a newer Rust than they need; the flag changes nothing on a newer one.
FLAGS := --locked --ignore-rust-version

.PHONY: help setup programs reproducible idl build test lint fuzz demo large localnet bench simulate
.PHONY: readme readme-check clean-cache

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Installs what is missing (Debian packages need root)
	tools/setup.sh
	tools/target-claim.sh

programs: setup ## Builds the programs to SBPF, into target/deploy
	tools/sbpf/build.sh

reproducible: programs ## Shows that a second build elsewhere gives the same bytes
	tools/sbpf/reproducible.sh

idl: setup ## Writes idl/*.json from the programs
	tools/idl.sh

build: programs
	cargo build --workspace --all-targets $(FLAGS)

test: reproducible build ## Passes every test
	tools/test.sh $(FLAGS)

lint: setup ## Checks format, clippy with warnings denied, and the scripts
	cargo fmt --all --check
	rustfmt --check --edition 2021 tools/sbpf/intrinsics/src/lib.rs
	cargo clippy --workspace --all-targets $(FLAGS) -- -D warnings
	shellcheck -x -P SCRIPTDIR .ci/run tools/*.sh tools/sbpf/*.sh

fuzz: programs ## Feeds programs and parsers what they never saw, for MINUTES (10) each
	mkdir -p "$(CACHE)/fuzz"
	TRESTLE_FUZZ_MINUTES=$${MINUTES:-10} TRESTLE_FUZZ_SEEDS="$${SEEDS:-$(CACHE)/fuzz}" \
		cargo test --workspace $(FLAGS) --test integration --test targets -- \
		--nocapture model_ readers_

demo: build ## Runs the whole loop on FILE (make demo FILE=path)
	"$$CARGO_TARGET_DIR"/debug/trestle-demo $${FILE:+"$$FILE"}

large: build ## Stores and restores a file of BYTES (4 GiB), and shows the memory it takes
	"$$CARGO_TARGET_DIR"/debug/trestle-demo --large $${BYTES:-4294967296}

localnet: build ## Runs a local Solana network with Trestle deployed, until Ctrl-C
	"$$CARGO_TARGET_DIR"/debug/trestle-localnet

bench: build ## Measures compute units, sizes and speeds
	cargo run --package trestle-bench $(FLAGS)

simulate: ## Runs ten years of a network in seven scenarios: report, tables, charts in target/simulate
	cargo run --quiet --package trestle-simulate $(FLAGS) -- target/simulate
	cp target/simulate/report.md tools/simulate/REPORT.md

readme: programs ## Writes the README's tables of costs and errors
	cargo run --quiet --package trestle-bench $(FLAGS) -- readme

readme-check: ## Fails if the README's tables of costs and errors are out of date
	cargo run --quiet --package trestle-bench $(FLAGS) -- readme --check

clean-cache: ## Deletes everything that was downloaded and built outside the checkout
	rm -rf "$(CACHE)"
