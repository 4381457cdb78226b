"""An office words its notices, and says when it is quiet: each change with who made it, so that it can be put back."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.quiet import Quiet, read_quiet
from chalicelib.domain.ways import Way
from chalicelib.domain.wording import QUIET, Change, InForce, Setting, Words, name_of, parts_of, read_words
from chalicelib.storage import wording as settings

SHOWN = 30


def in_force() -> dict[str, InForce]:
    """Every setting that was ever set, by its name."""
    return settings.in_force()


def history() -> list[Change]:
    """The last changes, latest first."""
    return settings.changes(SHOWN)


def set_words(
    notice: str, language: str, way: Way, raw: Mapping[str, object], seen: int, by: Staff, at: datetime
) -> bool:
    """Word a notice as the form says; False when it is worded so already. ``seen``: the version that its writer saw.

    Raises Invalid naming the fields, Changed when somebody else has worded it since.
    """
    return _set(name_of(notice, language, way), read_words(raw, notice, way), seen, by, at)


def as_packaged(notice: str, language: str, way: Way, seen: int, by: Staff, at: datetime) -> bool:
    """The notice goes out in the packaged words again. Raises Changed."""
    return _set(name_of(notice, language, way), None, seen, by, at)


def set_quiet(raw: Mapping[str, str], seen: int, by: Staff, at: datetime) -> bool:
    """The quiet hours are as the form says; False when they are so already. Raises Invalid naming fields, Changed."""
    return _set(QUIET, read_quiet(raw), seen, by, at)


def put_back(setting: str, version: int, by: Staff, at: datetime) -> bool:
    """What a change changed is as it was before. Raises NotFound for one that is not shown, and Changed when the same
    was changed again since: that one is to be put back first.
    """
    change = next((one for one in history() if (one.setting, one.version) == (setting, version)), None)
    if change is None:
        raise NotFound()
    return _set(setting, _still_fits(setting, change.before), version, by, at)


def _still_fits(setting: str, before: Setting) -> Setting:
    """The rules may have become stricter since. Raises Invalid."""
    if not isinstance(before, Words):
        return before
    notice, _, way = parts_of(setting)
    return read_words({"text": before.text, "subject": before.subject}, notice, way)


def _set(setting: str, value: Setting, seen: int, by: Staff, at: datetime) -> bool:
    known = settings.load(setting)
    if known.version != seen:
        raise Changed()
    if value == known.value or (value == Quiet() and known.value is None):
        return False
    settings.keep(Change(setting, seen + 1, at, by.login, by.name, known.value, value))
    return True
