"""The processes in which the functions of one engine run: whose a connection is, and their end.

Only children of that very engine are ever looked at or ended, by their number.
"""

import os
import signal
import socket
import struct
from pathlib import Path

from msgspec import Struct

PROC = Path("/proc")
MARK = b"ministack-lambda-"  # in the command line of every process that runs a function


class Victim(Struct, frozen=True):
    """One process and the function in it."""

    pid: int
    function: str


def victims(engine: int) -> list[Victim]:
    """The processes that run functions for the engine of process number ``engine``."""
    found = []
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (function := _function_of(folder, engine)) is not None:
            found.append(Victim(int(folder.name), function))
    return found


def _function_of(folder: Path, engine: int) -> str | None:
    try:
        parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        if parent != engine or MARK not in (folder / "cmdline").read_bytes():
            return None
        settings = (folder / "environ").read_bytes().split(b"\0")
    except OSError:  # it has just ended
        return None
    name = next((one for one in settings if one.startswith(b"AWS_LAMBDA_FUNCTION_NAME=")), b"=")
    return name.partition(b"=")[2].decode()


def whose(port: int, other: int, engine: int) -> Victim | None:
    """Who holds the connection from ``port`` to ``other``, both of 127.0.0.1; None where it is nobody of its."""
    inode = _inode_of(port, other)
    if inode is None:
        return None
    wanted = f"socket:[{inode}]"
    return next((victim for victim in victims(engine) if wanted in _held(victim.pid)), None)


def _inode_of(port: int, other: int) -> str | None:
    here = struct.unpack("=I", socket.inet_aton("127.0.0.1"))[0]
    ends = [f"{here:08X}:{port:04X}", f"{here:08X}:{other:04X}"]
    for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[1:3] == ends:
            return columns[9]
    return None


def _held(pid: int) -> set[str]:
    try:
        return {str(one.readlink()) for one in (PROC / str(pid) / "fd").iterdir()}
    except OSError:
        return set()


def end(victim: Victim, engine: int) -> bool:
    """Kill it at once, as a machine that fails does; False where it is no process of the engine's any more."""
    if _function_of(PROC / str(victim.pid), engine) is None:
        return False
    os.kill(victim.pid, signal.SIGKILL)
    return True
