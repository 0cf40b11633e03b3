#!/usr/bin/env bash
# Builds programs to SBPF v3 and puts them into target/deploy/trestle_<name>.so.
#
#   tools/sbpf/build.sh [NAME…]    staking, proofs, rewards, credits, and for tests arith_probe and
#                                  prepaid_gateway (which is not Trestle's and has no prefix);
#                                  default: all
#
# What was built from exactly these sources with this toolchain is kept and not built again.
# Uses `cargo build-sbf` if it works, else the upstream toolchain that tools/setup.sh installs.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

all=(staking proofs rewards credits arith_probe prepaid_gateway)
deploy=$repo/target/deploy
# States of the sources whose programs are kept, under 2 MB each.
kept_max=8

folder_of() {
  case $1 in
    arith_probe) echo tools/sbpf/arith ;;
    prepaid_gateway) echo tests/gateway ;;
    *) echo "programs/$1" ;;
  esac
}

# Name of a program's library: that of its crate.
library_of() { if [[ $1 == prepaid_gateway ]]; then echo "$1"; else echo "trestle_$1"; fi; }

# One cargo call a program: a program that another one depends on is built there without its
# entrypoint, and a common call would give it that shape for its own artefact too.
build_upstream() {
  local target=$1 name library
  shift
  [[ -x $sbpf_linker && -e $sbpf_intrinsics ]] ||
    die "the SBPF toolchain is not installed" "run tools/setup.sh (or make setup)"
  "$sbpf_cargo" fetch --quiet --locked --manifest-path "$repo/Cargo.toml"
  for name in "$@"; do
    library=$(library_of "$name")
    # A program that links this one for its types wrote its own shape of it to this very file.
    rm -f "$target/sbpf-v3/release/deps/lib$library.so"
    CARGO_TARGET_DIR=$target upstream_cargo "$repo" build --package "${library//_/-}" --lib \
      -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size,compiler-builtins-mem
    keep_program "$target/sbpf-v3/release/lib$library.so" "$library"
  done
}

build_vendor() {
  local target=$1 name tools
  shift
  tools=$(sed -n 's/^platform_tools = "\(.*\)"$/\1/p' "$repo/Anchor.toml")
  for name in "$@"; do
    CARGO_TARGET_DIR=$target \
      cargo build-sbf --arch v3 --tools-version "${tools:?not in Anchor.toml}" \
      --manifest-path "$repo/$(folder_of "$name")/Cargo.toml" --sbf-out-dir "$target/deploy" \
      -- --locked
    keep_program "$target/deploy/$(library_of "$name").so" "$(library_of "$name")"
  done
}

# `keep_program FILE LIBRARY`
keep_program() {
  cp "$1" "$kept/$2.so.new"
  mv "$kept/$2.so.new" "$kept/$2.so"
}

# An unchanged program keeps its time, a changed one is replaced in one move.
install_program() {
  local to=$deploy/$2.so
  if ! cmp --silent "$1" "$to"; then
    cp "$1" "$to.new"
    mv "$to.new" "$to"
  fi
  printf '%9d bytes  %s\n' "$(stat -c %s "$to")" "${to#"$repo/"}" >&2
}

main() {
  local names=("$@") missing=() name toolchain target
  ((${#names[@]})) || names=("${all[@]}")
  for name in "${names[@]}"; do
    [[ " ${all[*]} " == *" $name "* ]] || die "no program is called $name" "there are: ${all[*]}"
  done
  mkdir -p "$deploy" "$sbpf"
  exec 9>"$sbpf/build.lock"
  flock 9
  toolchain=$(sbpf_toolchain)
  target=${TRESTLE_SBPF_TARGET_DIR:-$sbpf/target-$toolchain}
  kept=$target/kept/$(sbpf_inputs)
  mkdir -p "$kept"
  touch "$kept"
  find "$target/kept" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort --reverse --numeric-sort |
    tail -n "+$((kept_max + 1))" | cut -d' ' -f2- | xargs --no-run-if-empty rm -rf
  for name in "${names[@]}"; do
    [[ -e $kept/$(library_of "$name").so ]] || missing+=("$name")
  done
  if ((${#missing[@]} == 0)); then
    say "programs: built before from exactly these sources"
  elif [[ $toolchain == vendor ]]; then
    say "programs: $(cargo build-sbf --version | head -n1)"
  else
    say "programs: upstream toolchain, $("$sbpf_rustc" --version)"
  fi
  ((${#missing[@]} == 0)) || "build_$toolchain" "$target" "${missing[@]}"
  for name in "${names[@]}"; do
    install_program "$kept/$(library_of "$name").so" "$(library_of "$name")"
  done
}

main "$@"
