"""Bytes on their way: from one side to the function's disk and on to the other, in chunks, never whole in memory."""

from __future__ import annotations

import hashlib
import mimetypes
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import requests
import urllib3
from requests.adapters import HTTPAdapter

from . import trust
from .errors import NotFound, OutcomeUnknown, Unavailable
from .model import File

AS_STORED = {"Accept-Encoding": "identity"}
"""Asks for the bytes as they are, not packed for the way."""
CHUNK = 1 << 18
"""Bytes held in memory at a time."""
_TIMEOUT = (5.0, 60.0)
_TRIES = 2


class TooLarge(Exception):
    """The file is larger than what may be copied."""


class UrlRefused(Exception):
    """A presigned URL was not accepted (403 and the like): it has expired, and another one is needed."""


@dataclass(eq=False, repr=False, slots=True)
class Spool:
    """A file on the function's disk, gone when closed; ``content`` is its SHA-256."""

    file: BinaryIO
    size: int
    content: str

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def spool(chunks: Iterator[bytes], limit: int) -> Spool:
    """Write chunks to the disk. Raises ``TooLarge`` beyond ``limit`` bytes."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the Spool, or below
    size, content = 0, hashlib.sha256()
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"more than {limit} bytes")
            content.update(chunk)
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    return Spool(file, size, content.hexdigest())


def fetch(url: str) -> requests.Response:
    """A streamed answer from a short-lived URL. No credentials of anybody's go with the request."""
    return new_session().get(url, headers=AS_STORED, timeout=_TIMEOUT, stream=True)


def download(ask: Callable[[], requests.Response], file: File, limit: int) -> Spool:
    """A file on the disk, and nothing else than that file: what has another length, or is a page that somebody put in
    its place, is asked for anew, and so is what tore on the way or whose URL has expired.

    Raises ``NotFound``, ``TooLarge`` beyond ``limit`` bytes, or ``Unavailable``.
    """
    failure = ""
    for _ in range(_TRIES):
        try:
            with ask() as response:
                if response.status_code == 404:
                    raise NotFound("the file is not there any more")
                failure = str(response.status_code)
                if response.status_code != 200:
                    continue
                if _is_a_page_instead(response, file):
                    failure = "a page was sent instead"
                    continue
                content = spool(_whole(response), limit)
            if file.size in (None, content.size):
                return content
            failure = f"{content.size} bytes were sent instead of {file.size}"
            content.file.close()
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            failure = type(error).__name__
    raise Unavailable(f"a file could not be fetched: {failure}")


def _is_a_page_instead(response: requests.Response, file: File) -> bool:
    """Whether a sign-in page answers for a file of unknown length whose name says that it is something else."""
    sent = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    named = mimetypes.guess_type(file.name)[0]
    return file.size is None and sent == "text/html" and named not in (None, "text/html", "application/xhtml+xml")


def _whole(response: requests.Response) -> Iterator[bytes]:
    """The body as sent. A torn one raises: a file is copied whole or not at all."""
    expected, got = response.headers.get("Content-Length"), 0
    for chunk in response.raw.stream(CHUNK, decode_content=False):
        got += len(chunk)
        yield chunk
    if expected is not None and got != int(expected):
        raise urllib3.exceptions.HTTPError(f"{got} of {expected} bytes")


def put(url: str, source: Spool) -> None:
    """Upload a file to a presigned URL, with its length.

    Raises ``UrlRefused``, ``Unavailable``, or ``OutcomeUnknown`` where the file may have arrived all the same.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html
    """
    source.file.seek(0)
    try:
        with new_session() as session:
            response = session.put(url, data=source.file, timeout=_TIMEOUT, allow_redirects=False)
    except requests.exceptions.ConnectTimeout as error:
        raise Unavailable("upload: ConnectTimeout") from error
    except requests.exceptions.RequestException as error:
        raise OutcomeUnknown(f"upload: {type(error).__name__}") from error
    if response.ok and not response.is_redirect:
        return
    if response.status_code in (400, 401, 403):
        raise UrlRefused(f"upload: {response.status_code}")
    raise Unavailable(f"upload: {response.status_code}")


def new_session() -> requests.Session:
    """A session of its own: no netrc, no cookies, and no header that a presigned URL does not expect."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Adapter())
    return session


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=trust.context())


class FormFile:
    """A ``multipart/form-data`` body that holds one file, read as it is sent. Its length is known beforehand.

    https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/
    """

    def __init__(self, name: str, source: Spool) -> None:
        boundary = uuid.uuid4().hex
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._source = source
        self.content_type = f"multipart/form-data; boundary={boundary}"

    def __len__(self) -> int:
        return len(self._head) + self._source.size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        self._source.file.seek(0)
        yield self._head
        while chunk := self._source.file.read(CHUNK):
            yield chunk
        yield self._tail
