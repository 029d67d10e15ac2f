"""Reading ``multipart/form-data`` from a file, without holding a large upload in memory."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sandbox.jira.model import Refused

PARAMETER = re.compile(r""";\s*([\w*]+)=(?:"((?:\\.|[^"\\])*)"|([^;\s]*))""")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: its field name, file name and type, and where its bytes begin and end in the file."""

    name: str
    filename: str | None
    mime_type: str | None
    start: int
    end: int


def parts(path: Path, content_type: str) -> Iterator[Part]:
    """The parts of the form in the file; 415 and 400 where it is not one."""
    boundary = _parameters(content_type).get("boundary")
    if not content_type.lower().startswith("multipart/form-data") or not boundary:
        raise Refused(415, "Attachments are posted as multipart/form-data.")
    if path.stat().st_size == 0:
        raise Refused(400, "The form is empty.")
    mark = b"--" + boundary.encode()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(mark)
        while at >= 0 and data[at + len(mark) : at + len(mark) + 2] == b"\r\n":
            start = at + len(mark) + 2
            body = data.find(b"\r\n\r\n", start)
            end = data.find(b"\r\n" + mark, start)
            if body < 0 or end < 0:
                raise Refused(400, "The form ends before its boundary.")
            yield _part(data[start:body].decode("utf-8", "replace"), body + 4, max(end, body + 4))
            at = end + 2


def _part(head: str, start: int, end: int) -> Part:
    lines = (line.partition(":") for line in head.split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    given = _parameters(headers.get("content-disposition", ""))
    return Part(given.get("name", ""), _filename(given), headers.get("content-type"), start, end)


def _parameters(header: str) -> dict[str, str]:
    return {
        match[1].lower(): re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        for match in PARAMETER.finditer(header)
    }


def _filename(given: dict[str, str]) -> str | None:
    """The file's name without folders; clients write it as plain UTF-8, or encoded as RFC 5987 has it."""
    if "filename*" in given:
        name = unquote(given["filename*"].rpartition("'")[2])
    elif "filename" in given:
        name = given["filename"].replace("%22", '"')
    else:
        return None
    return re.split(r"[/\\]", name)[-1]
