"""Whom the functions trust when they connect: one TLS context for all that a process talks to.

The public roots are many, and reading them costs more than all else about a connection: 16 ms of CPU each time, where
every library reads them for itself and for every connection. Here they are read once, and a host that was connected to
before is taken at its word (RFC 8446, 2.2): a function that comes back from idling shakes hands for less.
"""

from __future__ import annotations

import base64
import gzip
import os
import ssl
from collections.abc import Callable
from functools import cache
from typing import Any

try:
    from botocore.httpsession import create_urllib3_context
except ModuleNotFoundError:  # where Jira alone is asked, and not by a function: boto3 is no library of ours
    from urllib3.util import create_urllib3_context

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
    _take_up_sessions(shared)
    return shared


def share_with_boto3() -> None:
    """Have the clients that boto3 makes from now on connect by the process's TLS context.

    botocore offers no such setting; should it make its contexts in another way one day, they are only slower.
    """
    import botocore.httpsession

    botocore.httpsession.create_urllib3_context = _shared


def _shared(*_: Any, **__: Any) -> ssl.SSLContext:
    return context()


_new_context = create_urllib3_context


def _read_each_file_once(context: ssl.SSLContext) -> None:
    """urllib3 has a context read the file of its roots again for every connection."""
    load, known = context.load_verify_locations, set[tuple[Any, ...]]()

    def load_once(cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        if (cafile, capath, cadata) not in known:
            load(cafile, capath, cadata)
            known.add((cafile, capath, cadata))

    context.load_verify_locations = load_once  # type: ignore[method-assign]  # of this one context


def _take_up_sessions(context: ssl.SSLContext) -> None:
    """Neither boto3 nor requests remembers the session of a connection. Each is taken up once: one that a server or a
    proxy chokes on costs a single connection."""
    wrap: Callable[..., ssl.SSLSocket] = context.wrap_socket
    sessions = dict[str | None, ssl.SSLSession]()

    class Remembered(ssl.SSLSocket):
        def close(self) -> None:
            # No version: the handshake failed, and there is no session of it, nor may one be asked for.
            try:
                if self.version() is not None and self.session is not None:
                    sessions[self.server_hostname] = self.session
            finally:
                super().close()

    def wrap_socket(*args: Any, **kwargs: Any) -> ssl.SSLSocket:
        session = sessions.pop(kwargs.get("server_hostname"), None)
        return wrap(*args, **kwargs, session=session)

    context.sslsocket_class = Remembered
    context.wrap_socket = wrap_socket  # type: ignore[method-assign]  # of this one context
