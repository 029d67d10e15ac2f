"""Whom the functions trust when they connect: one TLS context for all that a process talks to.

The public roots are many, and reading them costs more than all else about a connection: 16 ms of CPU each time, where
every library reads them for itself and for every connection. Here they are read once.
"""

from __future__ import annotations

import base64
import gzip
import os
import ssl
from functools import cache
from typing import Any

import botocore.httpsession

CA_BUNDLE = "CA_BUNDLE"
"""Environment variable: roots to trust beside the public ones, PEM, packed with gzip and base64; may be missing."""


@cache
def context() -> ssl.SSLContext:
    """The process's TLS context. Raises ``ValueError`` for a ``CA_BUNDLE`` that holds no certificates."""
    shared: ssl.SSLContext = _new_context()
    packed = os.environ.get(CA_BUNDLE)
    if packed:
        try:
            shared.load_verify_locations(cadata=gzip.decompress(base64.b64decode(packed)).decode("ascii"))
        except (ValueError, OSError) as error:
            raise ValueError("aws_ca_bundle holds no certificates in PEM") from error
    _read_each_file_once(shared)
    return shared


def share_with_boto3() -> None:
    """Have the clients that boto3 makes from now on connect by the process's TLS context.

    botocore offers no such setting; should it make its contexts in another way one day, they are only slower.
    """
    botocore.httpsession.create_urllib3_context = _shared


def _shared(*_: Any, **__: Any) -> ssl.SSLContext:
    return context()


_new_context = botocore.httpsession.create_urllib3_context


def _read_each_file_once(context: ssl.SSLContext) -> None:
    """urllib3 has a context read the file of its roots again for every connection."""
    load, known = context.load_verify_locations, set[tuple[Any, ...]]()

    def load_once(cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        if (cafile, capath, cadata) not in known:
            load(cafile, capath, cadata)
            known.add((cafile, capath, cadata))

    context.load_verify_locations = load_once  # type: ignore[method-assign]  # of this one context
