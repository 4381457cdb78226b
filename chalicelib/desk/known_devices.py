"""Devices that signed in to an account before: each carries a signed note, and is counted by itself at the door."""

import secrets
from datetime import datetime, timedelta

from chalicelib.desk.vault import vault

KEPT = timedelta(days=180)
_LONGEST = 200  # characters of a note


def note_for(login: str, at: datetime) -> str:
    """A note for the device that just signed in to ``login``."""
    said = f"{int(at.timestamp())}.{secrets.token_hex(8)}"
    return f"{said}.{_signature(login, said)}"


def name_of(note: str, login: str, at: datetime) -> str:
    """By what name the device is counted; "" for a note that is not ours, another login's, or too old."""
    said, _, signature = note[:_LONGEST].rpartition(".")
    since, _, name = said.partition(".")
    if not said or not login or not note.isascii() or not vault().signed("device", f"{login}#{said}", signature):
        return ""
    return name if at.timestamp() - int(since) < KEPT.total_seconds() else ""


def _signature(login: str, said: str) -> str:
    return vault().sign("device", f"{login}#{said}")
