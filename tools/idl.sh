#!/usr/bin/env bash
# Writes idl/trestle_<program>.json, the interface of each program, for integrators.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/sbpf/lib.sh"

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
cd "$repo"
cargo run --quiet --locked --ignore-rust-version --package trestle-idl
