"""The contents of files, on disk: a hundred of 100 MiB must not live in memory."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Upload:
    """A promise to take one file: ``size`` in bytes is what the caller announced."""

    attachment_id: str
    case_id: str
    file_name: str
    size: int
    creator: str
    url: str
    expires: float


class Vault:
    """The files' contents, and the promises to take some."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="security-ir-")
        self.uploads: dict[str, Upload] = {}

    def path(self, attachment_id: str) -> Path:
        """Where the content of a file is, or is to be put."""
        return Path(self._directory.name, attachment_id)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A path for a file whose last byte has not come yet; what is still there afterwards is deleted."""
        path = Path(self._directory.name, f"incoming-{secrets.token_hex(8)}")
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def clean_up(self) -> None:
        """Delete all contents."""
        self._directory.cleanup()
