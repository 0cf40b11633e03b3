# shellcheck shell=bash
# What the scripts that set up and use the SBPF toolchains share: paths, flags, choice of toolchain.
# Sourced, never run.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trestle
sbpf=$cache/sbpf

# The upstream toolchain: Debian's compiler, and a linker that runs on a private LLVM.
sbpf_rustc=/usr/bin/rustc
sbpf_cargo=/usr/bin/cargo
sbpf_linker=$sbpf/sbpf-linker
sbpf_intrinsics=$sbpf/libtrestle_sbpf_intrinsics.rlib

say() { printf '%s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 1
}

# Which toolchain builds the programs: `vendor` or `upstream`. TRESTLE_SBPF forces one.
sbpf_toolchain() {
  case ${TRESTLE_SBPF:-auto} in
    vendor | upstream) echo "$TRESTLE_SBPF" ;;
    auto) if cargo build-sbf --version >/dev/null 2>&1; then echo vendor; else echo upstream; fi ;;
    *) die "TRESTLE_SBPF=$TRESTLE_SBPF is not known" "use vendor, upstream or auto" ;;
  esac
}

# The hash of all that decides the programs' bytes: sources, lock file, toolchain.
sbpf_inputs() {
  {
    sbpf_toolchain
    if [[ $(sbpf_toolchain) == vendor ]]; then
      cargo build-sbf --version
    else
      "$sbpf_rustc" -vV
      "$sbpf_linker" --version
    fi
    cd "$repo" || exit
    find Cargo.toml Cargo.lock Anchor.toml .cargo programs tests/gateway tools/sbpf -type f \
      -print0 | sort --zero-terminated | xargs --null sha256sum
  } | sha256sum | cut -d' ' -f1
}

# Where crates and the standard library lie would otherwise end up in a program's panic messages.
# The checkout's own files are compiled by relative paths and need nothing.
remap_flags() {
  local registry
  for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
    printf -- '--remap-path-prefix=%s=/registry/ ' "$registry"
  done
  printf -- '--remap-path-prefix=%s=/rustc' "$(rust_sources)"
}

rust_sources() { readlink -f "$("$sbpf_rustc" --print sysroot)/lib/rustlib/src/rust"; }

# `upstream_cargo FOLDER ARGUMENT…`: Debian's cargo on the workspace in FOLDER, for the SBPF target.
# The cfgs make every crate take its on-chain path, and satisfy std's table of alignments, which
# knows no SBPF; the linker's arguments keep LLVM to what SBPF v3 has: no sign-extending loads and
# moves, no jump tables, 4 KiB of stack a frame.
upstream_cargo() {
  local folder=$1
  shift
  local flags=(
    '--cfg target_os="solana"' '--cfg target_arch="csky"' -Aexplicit_builtin_cfgs_in_flags
    -Cpanic=immediate-abort -Zunstable-options
    -Clink-arg=--arch=v3
    -Clink-arg=--llvm-args=--bpf-stack-size=4096
    -Clink-arg=--llvm-args=--disable-movsx
    -Clink-arg=--llvm-args=--disable-ldsx
    -Clink-arg=--llvm-args=--bpf-min-jump-table-entries=100000
  )
  if [[ -e $sbpf_intrinsics ]]; then flags+=("-Clink-arg=$sbpf_intrinsics"); fi
  (
    cd "$folder" || exit
    unset RUSTUP_TOOLCHAIN RUSTC_WRAPPER CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS
    RUSTC=$sbpf_rustc RUSTC_BOOTSTRAP=1 RUSTC_BOOTSTRAP_SYNTHETIC_TARGET=1 \
      CARGO_TARGET_SBPF_V3_LINKER=$sbpf_linker \
      RUSTFLAGS="${flags[*]} $(remap_flags)" \
      "$sbpf_cargo" "$@" --release --locked --ignore-rust-version \
      --target "$repo/tools/sbpf/sbpf-v3.json" -Zjson-target-spec -Zchecksum-freshness
  )
}
