"""The functions' zips: whether they are there and whole, how they are built, and the libraries that are in them."""

from __future__ import annotations

import hashlib
import importlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from . import module
from .talk import Stop, say
from .token_source import without

FUNCTIONS = ("jira_client", "jira_notifications_handler", "jira_webhook", "security_ir_client", "security_ir_poller")
DIST = module.ROOT / "dist"
SOURCES = module.ROOT / "lambda_src"


def ensure() -> None:
    """``dist/`` as it has to be: taken as it is, or built. Raises ``Stop``."""
    trouble = missing(DIST, SOURCES)
    if trouble is None:
        say(f"The functions' zips are in {DIST}.")
        return
    say(f"Building the functions' zips with ./build.sh: {trouble}.")
    built = subprocess.run(
        [module.ROOT / "build.sh"],
        cwd=module.ROOT,
        env=without(os.environ) | {"PYTHON": os.environ.get("PYTHON") or sys.executable},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if built.returncode:
        raise Stop(
            "The functions' zips could not be built, see above. Mend that and run the same command again, or take a "
            "release archive, which has them. Nothing was made in AWS."
        )


def missing(dist: Path, sources: Path) -> str | None:
    """Why the zips have to be built: one is not there, is not what its checksum says, or not what the sources are."""
    try:
        listed = (dist / "SHA256SUMS").read_text().split()
        sums = dict(zip(listed[1::2], listed[::2], strict=True))
        for function in FUNCTIONS:
            content = (dist / f"{function}.zip").read_bytes()
            if sums.get(f"{function}.zip") != hashlib.sha256(content).hexdigest():
                return f"dist/{function}.zip is not what dist/SHA256SUMS says"
            if sources.is_dir() and not _as_sources(dist / f"{function}.zip", sources, function):
                return f"dist/{function}.zip was built from other sources than those here"
    except (OSError, ValueError, zipfile.BadZipFile):
        return "they are not all there"
    return None


def _as_sources(package: Path, sources: Path, function: str) -> bool:
    ours = {
        file.relative_to(sources).as_posix(): file
        for part in (function, "rich_text", "security_ir_jira")
        for file in (sources / part).rglob("*.py")
    }
    with zipfile.ZipFile(package) as archive:
        packed = {
            name for name in archive.namelist() if name.split("/")[0] in (function, "rich_text", "security_ir_jira")
        }
        if {name for name in packed if name.endswith(".py")} != ours.keys():
            return False
        return all(archive.read(name) == file.read_bytes() for name, file in ours.items())


def borrow_libraries() -> None:
    """Make importable what asks Jira: our own code, and the libraries that it is packed with. Raises ``Stop``."""
    if missing(DIST, SOURCES) is not None:
        say("What asks Jira needs the libraries of the functions.")
        ensure()
    sys.path.insert(0, str(DIST / "jira_client.zip"))
    if SOURCES.is_dir():
        sys.path.insert(0, str(SOURCES))
    importlib.invalidate_caches()
