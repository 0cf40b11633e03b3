#!/usr/bin/env bash
# Installs what building and testing Trestle needs on Debian 12, and says what it does. Safe to run
# again: a finished step is recognised by the text of its recipe and skipped.
#
#   tools/setup.sh          everything
#
# Outside the checkout it changes Debian packages (only those that are missing; this part needs
# root) and the folder ${XDG_CACHE_HOME:-~/.cache}/trestle. Whatever is downloaded is verified: Debian
# packages by the archive's signature, crates by the checksums of the crate registry.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/sbpf/lib.sh"

archive=http://deb.debian.org/debian
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
linker_version=0.2.6
llvm_major=23
# Debian 12 itself has 1.85, its security updates have what the linker's crates need.
upstream_rust_min=1.90

host_packages=(build-essential pkg-config libssl-dev libudev-dev protobuf-compiler clang
  libclang-dev cmake shellcheck)
upstream_packages=(rustc-web cargo-web rust-web-src)

# `step NAME DURATION TITLE [INPUT…]`: runs the function step_NAME unless it finished before with
# the same recipe, which is the function's text, the versions above and the INPUT given.
step() {
  local name=$1 duration=$2 title=$3 recipe started
  recipe=$({ declare -f "step_$name"; printf '%s\n' "$linker_version" "$llvm_major" "${@:4}"; } |
    sha256sum | cut -d' ' -f1)
  if [[ $(cat "$cache/steps/$name" 2>/dev/null) == "$recipe" ]]; then
    say "==> $title: done before"
    return
  fi
  say "==> $title ($duration)"
  started=$SECONDS
  "step_$name"
  echo "$recipe" >"$cache/steps/$name"
  say "    $title: done in $((SECONDS - started)) s"
}

# `debian_packages PURPOSE PACKAGE…`: installs those that are missing.
debian_packages() {
  local title="Debian packages $1" missing=() package started=$SECONDS
  shift
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    say "==> $title: all there"
    return
  fi
  ((EUID == 0)) || die "these Debian packages are missing: ${missing[*]}" \
    "run as root: apt-get update && apt-get install ${missing[*]}" "then run this again"
  say "==> $title: ${missing[*]} (1 to 3 minutes)"
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
  say "    $title: done in $((SECONDS - started)) s"
}

# LLVM from Debian's unstable suite, with every library it needs down to libc, unpacked into a
# folder of its own. apt gets its own state and sources, so that the system's stay as they are. A
# mirror that lags behind the suite serves as well: what it has was signed by Debian all the same.
step_llvm() {
  local apt=$sbpf/apt options package
  rm -rf "$apt" "$sbpf"/llvm{,.new}
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,sources} "$sbpf/llvm.new"
  : >"$apt/status"
  printf '%s\n' 'Types: deb' "URIs: $archive" 'Suites: sid' 'Components: main' \
    "Signed-By: $keyring" >"$apt/sources/sid.sources"
  options=(-o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
    -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/sources"
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Languages=none
    -o Acquire::Check-Valid-Until=false)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" install --download-only --yes "libllvm$llvm_major"
  for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$sbpf/llvm.new"; done
  mv "$sbpf/llvm.new" "$sbpf/llvm"
  rm -rf "$apt"
}

llvm_libraries() { dirname "$(find "$sbpf/llvm/usr/lib" -name "libLLVM.so.$llvm_major.*" | head -n1)"; }

# The linker runs on the prefix's own loader and libc, since LLVM needs newer ones than Debian 12's.
# Left alone it also writes each library that it links to ./target/deploy, a program's there in the
# shape without entrypoint that its dependants link.
step_linker() {
  local libraries loader build=$sbpf/linker-build
  libraries=$(llvm_libraries)
  loader=$(find "$libraries" -name 'ld-linux*' | head -n1)
  mkdir -p "$build/lib"
  ln -sfn "$libraries/$(basename "$libraries"/libLLVM.so.*)" "$build/lib/libLLVM.so"
  PATH=$sbpf/linker/bin:$PATH RUSTC=$sbpf_rustc CARGO_TARGET_DIR=$build/target \
    RUSTFLAGS="-L $build/lib -l dylib=LLVM -C link-arg=-Wl,--allow-shlib-undefined" \
    "$sbpf_cargo" install sbpf-linker --version "$linker_version" --locked --root "$sbpf/linker" \
    --force --no-default-features --features "bpf-linker/llvm-$llvm_major,bpf-linker/no-llvm-linking"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" --deploy=false "$@"\n' \
    "$loader" "$libraries" "$sbpf/linker/bin/sbpf-linker" >"$sbpf_linker"
  chmod +x "$sbpf_linker"
  "$sbpf_linker" --version >&2
  rm -rf "$build"
}

step_intrinsics() {
  rm -f "$sbpf_intrinsics"
  CARGO_TARGET_DIR=$sbpf/intrinsics upstream_cargo "$repo/tools/sbpf/intrinsics" build -Zbuild-std=core
  cp "$sbpf/intrinsics/sbpf-v3/release/$(basename "$sbpf_intrinsics")" "$sbpf_intrinsics"
  rm -rf "$sbpf/intrinsics"
}

check_machine() {
  command -v apt-get dpkg dpkg-query >/dev/null ||
    die "this set-up works on Debian 12 or newer" "install what README.md lists by hand"
  command -v cargo >/dev/null ||
    die "cargo is not on PATH" "install Rust with rustup (https://rustup.rs), then open a new shell"
}

check_upstream() {
  local llvm rust
  [[ -r $keyring ]] || die "the Debian archive keyring $keyring is missing" \
    "run as root: apt-get install debian-archive-keyring"
  [[ -x $sbpf_rustc && -x $sbpf_cargo ]] ||
    die "the packages ${upstream_packages[*]} did not bring $sbpf_rustc and $sbpf_cargo" \
      "run as root: apt-get install --reinstall ${upstream_packages[*]}"
  rust=$("$sbpf_rustc" -vV | sed -n 's/^release: \([0-9.]*\).*/\1/p')
  printf '%s\n' "$upstream_rust_min" "$rust" | sort --check=quiet --version-sort ||
    die "$sbpf_rustc is Rust $rust, and $upstream_rust_min is needed" \
      "add the suite bookworm-security of http://deb.debian.org/debian-security to apt's sources" \
      "then run as root: apt-get update && apt-get install ${upstream_packages[*]}"
  llvm=$("$sbpf_rustc" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  ((llvm <= llvm_major)) || die "$sbpf_rustc writes LLVM $llvm, newer than the linker's $llvm_major" \
    "raise llvm_major (and linker_version to a release that knows it) in tools/setup.sh"
}

main() {
  local started=$SECONDS rust
  check_machine
  mkdir -p "$cache/steps" "$sbpf"
  exec 9>"$cache/setup.lock"
  flock --nonblock 9 || { say "another set-up is running; waiting for it"; flock 9; }
  debian_packages "for the host side" "${host_packages[@]}"
  if [[ $(sbpf_toolchain) == vendor ]]; then
    say "==> cargo build-sbf is here: no other SBPF toolchain is needed"
  else
    debian_packages "with the SBPF compiler" "${upstream_packages[@]}"
    check_upstream
    rust=$("$sbpf_rustc" -vV)
    step llvm "10 s, 45 MB" "LLVM $llvm_major in a folder of its own"
    step linker "3 to 5 minutes" "sbpf-linker $linker_version" "$(cat "$cache/steps/llvm")"
    step intrinsics "20 s" "128-bit arithmetic for the programs" "$rust" \
      "$(cat "$repo"/tools/sbpf/{lib.sh,sbpf-v3.json} "$repo"/tools/sbpf/intrinsics/{Cargo.*,src/*})"
  fi
  say "set-up finished in $((SECONDS - started)) s"
}

main "$@"
