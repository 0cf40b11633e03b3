#!/usr/bin/env bash
# Shows that the built programs do not depend on where or after what they were built: builds a copy
# of the checkout in another folder, with a target directory that shares nothing with the usual one
# (not even the standard library), and compares the bytes of every program.
#
#   tools/sbpf/reproducible.sh
#
# The first comparison takes some 2 minutes. Its verdict is kept under the hash of everything that went
# into it (sources, lock file, toolchain, the programs themselves) and holds until one of them changes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

second=$sbpf/second
verdicts=$cache/steps/reproducible

# The hash of what decides the programs' bytes, and of the bytes themselves.
inputs() {
  { sbpf_inputs && sha256sum "$repo"/target/deploy/trestle_*.so | cut -d' ' -f1; } |
    sha256sum | cut -d' ' -f1
}

build_second() {
  rm -rf "$second/checkout" "$second/target/kept"
  mkdir -p "$second/checkout"
  tar -C "$repo" --exclude=./target --exclude=./.git -cf - . | tar -C "$second/checkout" -xf -
  TRESTLE_SBPF_TARGET_DIR=$second/target "$second/checkout/tools/sbpf/build.sh"
}

compare() {
  local program different=()
  for program in "$second"/checkout/target/deploy/trestle_*.so; do
    program=$(basename "$program")
    if cmp --silent "$second/checkout/target/deploy/$program" "$repo/target/deploy/$program"; then
      say "same bytes: $(sha256sum "$repo/target/deploy/$program" | cut -c1-16)…  $program"
    else
      different+=("$program")
    fi
  done
  ((${#different[@]} == 0)) || die "not reproducible: ${different[*]}" \
    "first build:  $repo/target/deploy" "second build: $second/checkout/target/deploy"
}

main() {
  local started=$SECONDS key
  mkdir -p "$second" "$cache/steps"
  exec 8>"$sbpf/second.lock"
  flock 8
  "$repo/tools/sbpf/build.sh"
  key=$(inputs)
  if grep --quiet --line-regexp "$key" "$verdicts" 2>/dev/null; then
    say "reproducible: shown before for exactly these sources, toolchain and programs"
    return
  fi
  say "building a second time, in $second"
  build_second
  compare
  echo "$key" >>"$verdicts"
  say "reproducible: two builds gave the same bytes ($((SECONDS - started)) s)"
}

main "$@"
