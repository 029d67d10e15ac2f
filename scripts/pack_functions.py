"""Packs each function, the shared packages and the libraries into a zip: sorted entries, one date, one mode.

``pack_functions.py LIBRARIES [PYTHON]``: the folder in which the libraries were installed, and a Python of the
runtime's version. With that, the zips hold bytecode as well, which Lambda's Python would otherwise make anew at each
cold start: its folder is read-only. Other versions of Python read the sources.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path, PurePath
from typing import NoReturn

FUNCTIONS = ("jira_client", "jira_notifications_handler", "jira_webhook", "security_ir_client", "security_ir_poller")
SHARED = ("rich_text", "security_ir_jira")
SOURCES = Path("lambda_src")
DIST = Path("dist")
# The earliest a zip can tell. Lambda only asks that everybody may read.
DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644
EXECUTABLE = 0o100755
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
# Of what has parts for many purposes, those that are not ours; tests/sandbox runs the zips without them.
POWERTOOLS = PurePath("aws_lambda_powertools")
UNUSED = (
    POWERTOOLS / "event_handler",
    POWERTOOLS / "metrics" / "provider" / "datadog",
    PurePath("charset_normalizer", "cli"),
    # Read for hosts whose names are not ASCII: `jira_url` must be.
    PurePath("idna", "uts46data.py"),
    PurePath("urllib3", "contrib", "emscripten"),
    PurePath("urllib3", "contrib", "pyopenssl.py"),
    PurePath("urllib3", "contrib", "socks.py"),
)
# Of Powertools' utilities, those that its logger and its metrics are made of.
UTILITIES = POWERTOOLS / "utilities"
USED_UTILITIES = ("__init__.py", "jmespath_utils", "typing")
# Only for who invokes a function by hand.
SELDOM_IMPORTED = PurePath("security_ir_jira", "operate")
# Run by the runtime's own Python. Texts that nobody reads there, docstrings, are left out: a fifth of the bytecode.
# https://peps.python.org/pep-0552/ is the form: unchecked, since a zip gives every file the same date.
COMPILE = """
import ast, importlib.util, marshal, pathlib, sys

def without_docstrings(tree):
    kinds = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if not isinstance(node, kinds) or ast.get_docstring(node, clean=False) is None:
            continue
        if isinstance(node, ast.ClassDef):
            # A dataclass without one works out what to say instead.
            node.body[0].value.value = "-"
        else:
            node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
    return tree

for name in sys.stdin.read().splitlines():
    source = pathlib.Path(name).read_bytes()
    code = compile(without_docstrings(ast.parse(source, name)), name, "exec", dont_inherit=True)
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source)
    to = pathlib.Path(importlib.util.cache_from_source(name))
    to.parent.mkdir(exist_ok=True)
    to.write_bytes(header + marshal.dumps(code))
    print(to)
"""


def fail(message: str) -> NoReturn:
    sys.exit(f"build.sh: {message}")


def wanted(path: PurePath) -> bool:
    if path.parts[0] == "bin" or path.suffix == ".pyc" or any(path.is_relative_to(part) for part in UNUSED):
        return False
    if path.is_relative_to(UTILITIES) and path.relative_to(UTILITIES).parts[0] not in USED_UTILITIES:
        return False
    if any(part in {"__pycache__", "tests"} or part.startswith(".") for part in path.parts):
        return False
    return not (path.parts[0].endswith(".dist-info") and path.name in INSTALLER_FILES)


def files(root: Path, below: Path) -> dict[str, bytes]:
    """What is wanted of a folder, by its name below ``root``."""
    paths = (path for path in below.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if wanted(path.relative_to(root))}


def bytecode(python: str, entries: dict[str, bytes]) -> dict[str, bytes]:
    """The bytecode that ``python`` makes of the modules among the entries; no date makes it stale."""
    sources = (name for name in entries if name.endswith(".py"))
    modules = sorted(name for name in sources if not PurePath(name).is_relative_to(SELDOM_IMPORTED))
    with tempfile.TemporaryDirectory() as folder:
        for name in modules:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(entries[name])
        made = subprocess.run(
            [python, "-s", "-S", "-c", COMPILE],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            input="\n".join(modules),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if made.returncode:
            fail(f"{python} could not compile the functions, see above.")
        return {name: Path(folder, name).read_bytes() for name in made.stdout.splitlines()}


def pack(target: Path, entries: Mapping[str, bytes], executable: Collection[str] = ()) -> None:
    """Writes a zip whose bytes depend on nothing but what is in it, and on zlib."""
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix: the mode below is read, wherever the zip was made
            info.external_attr = (EXECUTABLE if name in executable else MODE) << 16
            archive.writestr(info, entries[name])
    partial.replace(target)


def main(libraries: Path, python: str | None) -> None:
    entries = files(libraries, libraries)
    compiled = sorted(name for name in entries if name.endswith((".so", ".pyd", ".dylib")))
    if compiled:
        fail(f"would run on one architecture only: {', '.join(compiled)}. To lock pure Python instead: make lock")
    for package in (*FUNCTIONS, *SHARED):
        if not (SOURCES / package).is_dir():
            fail(f"{SOURCES / package} is missing: is the checkout whole?")
        entries |= files(SOURCES, SOURCES / package)
    if python:
        entries |= bytecode(python, entries)
    DIST.mkdir(exist_ok=True)
    sums = []
    for function in FUNCTIONS:
        target = DIST / f"{function}.zip"
        others = {*FUNCTIONS} - {function}
        pack(target, {name: content for name, content in entries.items() if PurePath(name).parts[0] not in others})
        content = target.read_bytes()
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {target.name}\n")
        print(f"{target}  {len(content) / 1e6:.2f} MB")
    (DIST / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
