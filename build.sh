#!/usr/bin/env bash
# Builds dist/<function>.zip for the four functions, and dist/SHA256SUMS.
#
# Needs Python 3.11 or later with pip, or with uv beside it; no Docker. PYTHON=/path/to/python3 picks
# another Python. The same commit gives the same bytes wherever Python and zlib are of the same version.
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

"$python" - "$libraries" <<'PYTHON'
"""Packs each function, the shared packages and the libraries: sorted entries, one date, one mode."""

import hashlib
import os
import sys
import zipfile
from pathlib import Path

FUNCTIONS = ("jira_client", "jira_notifications_handler", "security_ir_client", "security_ir_poller")
SHARED = ("rich_text", "security_ir_jira")
SOURCES = Path("lambda_src")
DIST = Path("dist")
# The earliest a zip can tell. Lambda only asks that everybody may read.
DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644
# What an installer leaves beside the code. METADATA and the licences stay, for scanners and readers.
INSTALLER_FILES = {
    "INSTALLER",
    "RECORD",
    "REQUESTED",
    "WHEEL",
    "direct_url.json",
    "entry_points.txt",
    "top_level.txt",
}
# A third of a zip, for functions that answer web requests: nothing of ours imports it.
UNUSED = Path("aws_lambda_powertools", "event_handler")


def fail(message: str) -> None:
    sys.exit(f"build.sh: {message}")


def wanted(path: Path) -> bool:
    if path.parts[0] == "bin" or path.suffix == ".pyc" or path.is_relative_to(UNUSED):
        return False
    if any(part in {"__pycache__", "tests"} or part.startswith(".") for part in path.parts):
        return False
    return not (path.parts[0].endswith(".dist-info") and path.name in INSTALLER_FILES)


def files(root: Path, below: Path) -> dict[str, bytes]:
    paths = (path for path in below.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in paths
        if wanted(path.relative_to(root))
    }


def pack(target: Path, entries: dict[str, bytes]) -> None:
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix: the mode below is read, wherever the zip was made
            info.external_attr = MODE << 16
            archive.writestr(info, entries[name])
    partial.replace(target)


libraries = Path(sys.argv[1])
common = files(libraries, libraries)
compiled = sorted(name for name in common if name.endswith((".so", ".pyd", ".dylib")))
if compiled:
    fail(f"would run on one architecture only: {', '.join(compiled)}. To lock pure Python instead: make lock")

for package in (*FUNCTIONS, *SHARED):
    if not (SOURCES / package).is_dir():
        fail(f"{SOURCES / package} is missing: is the checkout whole?")
for package in SHARED:
    common |= files(SOURCES, SOURCES / package)

DIST.mkdir(exist_ok=True)
sums = []
for function in FUNCTIONS:
    target = DIST / f"{function}.zip"
    pack(target, common | files(SOURCES, SOURCES / function))
    content = target.read_bytes()
    sums.append(f"{hashlib.sha256(content).hexdigest()}  {target.name}\n")
    print(f"{target}  {len(content) / 1e6:.2f} MB")
(DIST / "SHA256SUMS").write_text("".join(sums))
PYTHON
