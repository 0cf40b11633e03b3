#!/usr/bin/env bash
# Runs a test binary (cargo's runner), unless another lane of tools/test.sh does.
set -euo pipefail

name=$(basename "$1")
if [[ " $TRESTLE_OTHER_LANES " == *" ${name%-*} "* ]]; then
  echo "${name%-*}: in another lane"
  exit
fi
exec "$@"
