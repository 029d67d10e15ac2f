"""Which files of one side the other has yet to get, and under what names: pure functions, like ``planner``.

A file is recognised by its id and its copy by what the ledger wrote down, never by its name: equal names are two
files. Only additions are copied; a file that was deleted leaves its copy where it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .model import File, Side

FILE_LIMIT = 104_857_600
"""Most bytes a file may have: ``ContentLength`` of the security-ir API 2018-05-10."""
CASE_FILES = 50
"""Most files a case may have."""
DESCRIPTION = "ATTACHMENT#jira#description"
"""Key in the ledger of the file that holds a description in full, where the case's had to be cut."""

_NAME_LIMIT = 255
_EXTENSION_LIMIT = 20

State = Literal["reserved", "there", "told", "rejected"]
"""``reserved``: about to be sent, the answer is not recorded. ``there``: arrived. ``told``: it cannot go, and people
were told. ``rejected``: it arrived, failed the case's own check there, and people were told.
"""
Obstacle = Literal["failed", "empty", "too-large"]


@dataclass(frozen=True, slots=True)
class FileCopy:
    """What the ledger knows of one file's copy on the other side.

    ``key`` is its sort key, ``name`` what the copy is called, ``size`` its bytes and ``content`` its SHA-256; ``copy``
    is its id, once known: an upload to a case tells none. ``attempt`` counts the upload URLs that were used up.
    """

    key: str
    name: str
    state: State
    size: int = 0
    content: str = ""
    copy: str | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class FileWork:
    """A file to be brought to the other side, or to be named there where an obstacle forbids that."""

    file: File
    obstacle: Obstacle | None = None


def key_of(side: Side, file_id: str) -> str:
    """The ledger's sort key of the copy of one side's file."""
    return f"ATTACHMENT#{side}#{file_id}"


def plan_files(
    side: Side, files: Sequence[File], known: Mapping[str, FileCopy], limit: int = FILE_LIMIT
) -> tuple[FileWork, ...]:
    """The files of one side that the other has not got, oldest first.

    Copies of ours never come back. A Pending file waits for the case's check; one that may be a copy whose answer was
    lost waits until the sink that sent it has found out.
    """
    ours = {copy.copy for copy in known.values() if copy.copy} | set(arrived(side, files, known))
    work = []
    for file in sorted(files, key=lambda each: (each.created, len(each.id), each.id)):
        copy = known.get(key_of(side, file.id))
        settled = copy is not None and copy.state != "reserved"
        if settled or file.id in ours or file.state == "Pending":
            continue
        work.append(FileWork(file, _obstacle(file, limit)))
    return tuple(work)


def _obstacle(file: File, limit: int) -> Obstacle | None:
    if file.state == "Failed":
        return "failed"
    if file.size is None:
        return None
    return "empty" if file.size == 0 else "too-large" if file.size > limit else None


def arrived(side: Side, files: Sequence[File], known: Mapping[str, FileCopy]) -> dict[str, FileCopy]:
    """Files on one side that are copies of ours whose ids the ledger lacks, by id.

    On a case the name tells, since no other file there had it when it was reserved. On an issue it takes the size as
    well, and the content has yet to be compared.
    """
    source = key_of("jira" if side == "security_ir" else "security_ir", "")
    bound = {copy.copy for copy in known.values()}
    free = [file for file in files if file.id not in bound and key_of(side, file.id) not in known]
    found: dict[str, FileCopy] = {}
    for key, copy in known.items():
        if not key.startswith(source) or copy.copy is not None or copy.state not in ("reserved", "there"):
            continue
        fitting = [
            file for file in free if file.id not in found and file.name == copy.name and file.size in (None, copy.size)
        ]
        if fitting:
            found[min(fitting, key=lambda file: (file.created, file.id)).id] = copy
    return found


def rejected(files: Iterable[File], known: Mapping[str, FileCopy]) -> tuple[FileCopy, ...]:
    """Copies of ours that failed the case's check, as long as nobody was told."""
    failed = {file.id for file in files if file.state == "Failed"}
    return tuple(copy for copy in known.values() if copy.copy in failed and copy.state == "there")


def case_file_name(name: str, taken: Collection[str]) -> str:
    """A name for a file on a case: ``[A-Za-z0-9._-]+``, at most 255, none of those taken, with its extension.

    >>> case_file_name("Żółw log.txt", ["zo_w_log.txt"])
    'Zo_w_log-2.txt'
    """
    stem, dot, extension = name.strip().rpartition(".")
    ending = dot + extension
    if not stem or not extension or len(extension) > _EXTENSION_LIMIT or extension != _fit(extension):
        stem, ending = name, ""
    stem = _fit(stem.strip())
    if not any(each.isalnum() for each in stem):
        stem = "file"
    used = {each.casefold() for each in taken}
    number = 1
    while True:
        mark = f"-{number}" if number > 1 else ""
        fitted = f"{stem[: _NAME_LIMIT - len(mark) - len(ending)]}{mark}{ending}"
        if fitted.casefold() not in used:
            return fitted
        number += 1


def _fit(text: str) -> str:
    """A text without the characters a case refuses: letters lose their accents, other runs become ``_``."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    fitted = re.sub(r"[^A-Za-z0-9._-]+", "_", plain)
    return fitted if fitted == text else fitted.strip("_")
