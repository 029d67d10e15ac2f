#!/usr/bin/env bash
# Builds dist/<function>.zip for each function, and dist/SHA256SUMS.
#
# Needs Python 3.11 or later with pip, or with uv beside it; no Docker. PYTHON=/path/to/python3 picks
# another Python. Where a Python of Lambda's version is at hand (LAMBDA_PYTHON=/path names it), the zips hold its
# bytecode. The same commit gives the same bytes wherever Python and zlib are of the same version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  printf 'build.sh: %s\n' "$@" >&2
  exit 1
}

python=${PYTHON:-python3}
command -v "$python" >/dev/null ||
  fail "$python is not here. Install Python 3.11 or later, or name one: PYTHON=/path/to/python3 ./build.sh"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "Python 3.11 or later is needed, $python is $("$python" --version 2>&1)." \
    "Name a newer one: PYTHON=/path/to/python3 ./build.sh"

# The lock holds the hashes of pure-Python wheels only, so every platform installs the same files.
install_libraries() {
  local to=$1
  local flags=(--require-hashes --no-deps --only-binary :all: --quiet --target "$to"
    --requirement lambda_src/requirements.txt)
  if "$python" -m pip --version >/dev/null 2>&1; then
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_VIRTUALENV=0 PIP_ROOT_USER_ACTION=ignore PIP_USER=0 \
      "$python" -m pip install --no-compile "${flags[@]}"
  elif command -v uv >/dev/null; then
    # The machine's own certificates, by both names that uv has had for this: a proxy may inspect TLS.
    UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 uv pip install --python "$python" "${flags[@]}"
  else
    fail "neither pip nor uv is here. Either will do: $python -m ensurepip" \
      "(Debian, Ubuntu: apt install python3-pip), or uv from https://docs.astral.sh/uv/"
  fi
}

# Installed once for each state of the lock file, and renamed into place when whole: a broken download
# leaves nothing behind.
key=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:16])' \
  <lambda_src/requirements.txt)
libraries=.cache/build/$key
if [[ ! -d $libraries ]]; then
  echo "Installing the functions' libraries into $libraries"
  mkdir -p .cache/build
  staging=$(mktemp -d .cache/build/tmp.XXXXXX)
  trap 'rm -rf "$staging"' EXIT
  install_libraries "$staging/libraries" ||
    fail "the functions' libraries could not be installed, see above. Nothing was built."
  # Not mv: where another build was first, it would move one folder into the other.
  "$python" -c 'import os, sys; os.rename(*sys.argv[1:])' "$staging/libraries" "$libraries" 2>/dev/null ||
    [[ -d $libraries ]] || fail "$libraries could not be written."
fi

# Bytecode is of one minor version.
if runtime_python=$("$python" scripts/runtime_python.py); then
  "$python" scripts/pack_functions.py "$libraries" "$runtime_python"
else
  echo "Python $runtime_python is not here: the zips hold no bytecode, and cold starts take half as long again." \
    "Name one: LAMBDA_PYTHON=/path/to/python$runtime_python ./build.sh"
  "$python" scripts/pack_functions.py "$libraries"
fi
