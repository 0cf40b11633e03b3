#!/usr/bin/env bash
# Makes this checkout the one whose crates are in the shared cargo target directory.
#
# Cargo tells the same crate of two checkouts apart by nothing but file times, so that a checkout
# could be given what another one built. When the directory was last used by another checkout, the
# sources here become newer than its artefacts. Dependencies are not touched.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/sbpf/lib.sh"

owner=${CARGO_TARGET_DIR:-$cache/target}/owner
if [[ $(cat "$owner" 2>/dev/null) != "$repo" ]]; then
  find "$repo" -path "$repo/target" -prune -o -name '*.rs' -exec touch {} +
  mkdir -p "$(dirname "$owner")"
  echo "$repo" >"$owner"
fi
