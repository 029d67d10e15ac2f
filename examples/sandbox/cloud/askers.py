"""Which process is at the other end of a connection.

Nothing in a request to Jira tells which function sends it. The kernel knows: it lists a connection's inode, and what
a process has open: https://man7.org/linux/man-pages/man5/proc_net.5.html
"""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterable
from pathlib import Path

_LOOPBACK = "0100007F"


def owner(connection: socket.socket, candidates: Iterable[int]) -> int | None:
    """The one of these processes that opened a connection to us on loopback; None where none of them did."""
    candidates = tuple(candidates)
    if not candidates:
        return None
    with contextlib.suppress(OSError):
        inode = _inode(connection)
        return next((pid for pid in candidates if inode and _holds(pid, f"socket:[{inode}]")), None)
    return None


def _inode(connection: socket.socket) -> str | None:
    """The inode of the far end, which is a socket of this machine, too."""
    here, there = connection.getsockname()[1], connection.getpeername()[1]
    ends = f"{_LOOPBACK}:{there:04X} {_LOOPBACK}:{here:04X}"
    # local and remote address, state, queues, timer, retransmissions, user, timeout, inode
    line = re.search(rf" {ends} \S+ \S+ \S+ \S+ +\d+ +\d+ (\d+) ", Path("/proc/net/tcp").read_text())
    return line.group(1) if line else None


def _holds(pid: int, opened: str) -> bool:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if str(descriptor.readlink()) == opened:
                return True
    return False
