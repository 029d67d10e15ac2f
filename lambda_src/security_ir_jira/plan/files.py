"""Which files of one side the other has yet to get, and under what names.

A file is recognised by its id and its copy by what the ledger wrote down, never by its name: equal names are two
files. Only additions are copied; a file that was deleted leaves its copy where it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Literal

from ..memory import FileCopy, file_key
from ..model import File, Side, other

FILE_LIMIT = 104_857_600
"""Most bytes a file may have: ``ContentLength`` of the security-ir API 2018-05-10."""
CASE_FILES = 50
"""Most files a case may have."""
_NAME_LIMIT = 255
_EXTENSION_LIMIT = 20

Obstacle = Literal["failed", "empty", "too-large"]


@dataclass(frozen=True, slots=True)
class FileWork:
    """A file to be brought to the other side, or to be named there where an obstacle forbids that."""

    file: File
    obstacle: Obstacle | None = None


def plan_files(
    side: Side, files: Sequence[File], known: Mapping[str, FileCopy], *, config_digest: str = ""
) -> tuple[FileWork, ...]:
    """The files of one side that the other has not got, oldest first.

    Copies of ours never come back. A Pending file waits for the case's check; one that may be a copy whose answer was
    lost waits until the sink that sent it has found out, unless it is compared itself before it is sent. What was
    refused under another configuration than ``config_digest`` stands for is tried once more.
    """
    ours, held = {copy.copy for copy in known.values() if copy.copy}, perhaps_ours(side, files, known)
    work = []
    for file in sorted(files, key=lambda each: (each.created, len(each.id), each.id)):
        copy = known.get(file_key(side, file.id))
        if file.id in held and (copy is None or copy.state != "perhaps"):
            continue
        settled = copy is not None and copy.state not in ("perhaps", "reserved")
        asked_anew = copy is not None and copy.is_asked_anew(config_digest)
        if (settled and not asked_anew) or file.id in ours or file.state == "Pending":
            continue
        work.append(FileWork(file, _obstacle(file)))
    return tuple(work)


def _obstacle(file: File) -> Obstacle | None:
    if file.state == "Failed":
        return "failed"
    if file.size is None:
        return None
    return "empty" if file.size == 0 else "too-large" if file.size > FILE_LIMIT else None


def perhaps_ours(side: Side, files: Sequence[File], known: Mapping[str, FileCopy]) -> set[str]:
    """Ids of files on one side that may be copies of ours whose ids are not known: name and, where told, size fit.

    Somebody else's file may fit as well; where it matters, the content tells. What turned out to be a copy itself has
    none.
    """
    source, copies = file_key(other(side), ""), {copy.copy for copy in known.values()}
    return {
        file.id
        for key, copy in known.items()
        if key.startswith(source) and copy.copy is None and copy.state in ("perhaps", "reserved", "there")
        if key.removeprefix(source) not in copies
        for file in fitting(copy, side, files, known)
    }


def fitting(copy: FileCopy, side: Side, files: Iterable[File], known: Mapping[str, FileCopy]) -> list[File]:
    """The files on one side that have the name and the size of a copy, and are nothing else that is known."""
    bound = {each.copy for each in known.values()}
    settled = {key for key, each in known.items() if each.state != "perhaps"}
    return [
        file
        for file in files
        if _fits(copy, side, file) and file.id not in bound and file_key(side, file.id) not in settled
    ]


def _fits(copy: FileCopy, side: Side, file: File) -> bool:
    if copy.state == "perhaps":
        on_issue, on_case = (copy.name, file.name) if side == "security_ir" else (file.name, copy.name)
        return could_be_called(on_issue, on_case)
    return file.name == copy.name and file.size in (None, copy.size)


def perhaps_copies(
    on_case: Sequence[File], on_issue: Sequence[File], known: Mapping[str, FileCopy]
) -> tuple[FileCopy, ...]:
    """The files of either side that may have a copy on the other, where the ledger was lost, by names and times alone.

    Of two files that may be copies of each other the older one is taken for the source.
    """
    bound = {each.copy for each in known.values()}
    found: dict[str, FileCopy] = {}
    for case_file in on_case:
        for file in on_issue:
            if could_be_called(file.name, case_file.name) and case_file.id not in bound:
                side: Side = "jira" if file.created <= case_file.created else "security_ir"
                source = file if side == "jira" else case_file
                key = file_key(side, source.id)
                if key not in known and (side == "jira" or file.name == case_file.name):
                    found[key] = FileCopy(key, source.name, "perhaps")
    return tuple(found.values())


def rejected(files: Iterable[File], known: Mapping[str, FileCopy]) -> tuple[FileCopy, ...]:
    """Copies of ours that failed the case's check, as long as nobody was told."""
    failed = {file.id for file in files if file.state == "Failed"}
    return tuple(copy for copy in known.values() if copy.copy in failed and copy.state == "there")


def case_file_name(name: str, taken: Collection[str]) -> str:
    """A name for a file on a case: ``[A-Za-z0-9._-]+``, at most 255, none of those taken, with its extension.

    >>> case_file_name("Żółw log.txt", ["zo_w_log.txt"])
    'Zo_w_log-2.txt'
    """
    used = {each.casefold() for each in taken}
    return next(each for each in _case_file_names(name) if each.casefold() not in used)


def could_be_called(name: str, on_case: str) -> bool:
    """Whether the copy of a file of some name may have this one on a case."""
    return on_case in islice(_case_file_names(name), 2 * CASE_FILES)


def _case_file_names(name: str) -> Iterator[str]:
    stem, dot, extension = name.strip().rpartition(".")
    ending = dot + extension
    if not stem or not extension or len(extension) > _EXTENSION_LIMIT or extension != _fit(extension):
        stem, ending = name, ""
    stem = _fit(stem.strip())
    if not any(each.isalnum() for each in stem):
        stem = "file"
    for number in count(1):
        suffix = f"-{number}" if number > 1 else ""
        yield f"{stem[: _NAME_LIMIT - len(suffix) - len(ending)]}{suffix}{ending}"


def _fit(text: str) -> str:
    """A text without the characters a case refuses: letters lose their accents, other runs become ``_``."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    fitted = re.sub(r"[^A-Za-z0-9._-]+", "_", plain)
    return fitted if fitted == text else fitted.strip("_")
