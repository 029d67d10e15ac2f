"""What the folder of a deployment remembers between runs. No secret is among it."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from .inputs import Inputs
from .talk import Stop
from .token_source import Token

FILE = "deployment.json"
_ROUNDS = 200_000


@dataclass(frozen=True, slots=True)
class Record:
    """``token_mark`` tells whether a token is the same as last time, and cannot be turned back into one.

    ``settings`` is the file that was named for further inputs; empty for the folder's own.
    """

    inputs: Inputs
    region: str
    tool: str = ""
    account_id: str = ""
    settings: str = ""
    token_version: int = 1
    token_salt: str = field(default="", repr=False)
    token_mark: str = field(default="", repr=False)

    def with_token(self, token: Token) -> Record:
        """A token that differs from the last one gets the next version: Terraform writes it again only then."""
        if self.token_mark and self.token_mark == _mark(token, self.token_salt):
            return self
        salt = secrets.token_hex(16)
        version = self.token_version + 1 if self.token_mark else self.token_version
        return replace(self, token_version=version, token_salt=salt, token_mark=_mark(token, salt))


def _mark(token: Token, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", token.value.encode(), bytes.fromhex(salt), _ROUNDS).hex()[:32]


def load(folder: Path) -> Record | None:
    """What the folder remembers; ``None`` = nothing was deployed from it. Raises ``Stop``."""
    file = folder / FILE
    try:
        told = json.loads(file.read_text())
        return Record(**(told | {"inputs": Inputs(**told["inputs"])}))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Stop(
            f"{file} cannot be read ({type(error).__name__}): take it from a backup. Without it, move it away: what "
            "Terraform knows of the deployment is in terraform.tfstate"
        ) from None


def save(folder: Path, record: Record) -> None:
    """Written whole or not at all. Raises ``Stop``."""
    partial = folder / f"{FILE}.new"
    try:
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(asdict(record), indent=2) + "\n")
        partial.replace(folder / FILE)
    except OSError as error:
        raise Stop(f"{error.filename or partial} cannot be written: {error.strerror}. Mend that first") from None


def forget(folder: Path) -> None:
    """Raises ``Stop``."""
    try:
        (folder / FILE).unlink(missing_ok=True)
    except OSError as error:
        raise Stop(f"{folder / FILE} cannot be taken away: {error.strerror}") from None
