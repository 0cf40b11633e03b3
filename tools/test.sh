#!/usr/bin/env bash
# Passes every test: three lanes side by side, because some test binaries mostly wait for a local
# network or a node while others only compute.
#
#   tools/test.sh [CARGO FLAG…]
#
# A binary that no lane below names runs in the computing one. The other lanes' output is shown when
# they end.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/sbpf/lib.sh"

lanes=("demo node verifier" "commands network store_memory")
flags=("$@")
logs=$(mktemp -d)
running=()

# On whatever exit: no network is left running, no file behind.
finish() {
  local lane
  for lane in "${running[@]}"; do kill -- "-$lane" 2>/dev/null || true; done
  rm -rf "$logs"
}

# `waiting NAME…`: these test binaries, one after another.
waiting() {
  local name selected=()
  for name in "$@"; do selected+=(--test "$name"); done
  cargo test --workspace "${flags[@]}" --no-fail-fast "${selected[@]}"
}

# All but the waiting binaries, at a lower priority: those have deadlines to meet.
computing() {
  local triple runner
  triple=$(rustc -vV | sed -n 's/^host: //p')
  runner=CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$triple")_RUNNER
  env "$runner=$repo/tools/test-runner.sh" TRESTLE_OTHER_LANES="${lanes[*]}" \
    nice -n 10 cargo test --workspace "${flags[@]}" --no-fail-fast
}

main() {
  local lane number failed=()
  cargo test --workspace "${flags[@]}" --no-run
  trap finish EXIT
  trap 'exit 130' INT TERM
  # Each lane gets a process group of its own.
  set -m
  for lane in "${lanes[@]}"; do
    # shellcheck disable=SC2086 # a lane is a list of names
    waiting $lane >"$logs/${#running[@]}" 2>&1 &
    running+=($!)
  done
  set +m
  computing || failed+=("the computing lane")
  for number in "${!running[@]}"; do
    wait "${running[$number]}" || failed+=("${lanes[$number]}")
    cat "$logs/$number"
  done
  running=()
  ((${#failed[@]} == 0)) || die "tests failed: ${failed[*]}"
}

main
