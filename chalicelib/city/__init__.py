"""The default city: invented, complete, three levels. A fresh install begins with it; an office replaces it as data."""

from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from chalicelib.domain.city import Area, Category, City, Mailbox, Name, Rule, Unit
from chalicelib.domain.gates import Gates
from chalicelib.domain.gazetteer import PACKAGED, Gazetteer, Place
from chalicelib.domain.letterhead import Letterhead
from chalicelib.domain.reply_rules import ReplyRules
from chalicelib.domain.risk_words import Risk
from chalicelib.domain.security_contact import SecurityContact
from chalicelib.domain.talk_hours import TalkHours
from chalicelib.domain.terms import Terms

T = TypeVar("T")
_HERE = Path(__file__).parent


@cache
def default_city() -> City:
    """云汀市, as its JSON files describe it. Raises BadCityData naming the file and the place in it."""
    return replace(load_city_files(_HERE), gazetteer=(PACKAGED,))


@cache
def default_gazetteer() -> Gazetteer:
    """The places of 云汀市."""
    return load_places(_HERE)


class BadCityData(ValueError):
    """A city's file that cannot be read, with its name and what is wrong where."""


class _Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    version: int
    desk_unit: str
    terms: Terms
    campaign_public: bool = True
    letterhead: Letterhead = Letterhead()
    talk: TalkHours = TalkHours()
    replies: ReplyRules = ReplyRules()
    gates: Gates = Gates()
    security: SecurityContact = SecurityContact()


def load_city_files(folder: Path) -> City:
    """The city that the JSON files of ``folder`` describe. Raises BadCityData, OSError for a missing file."""
    sheet = _read(folder / "city.json", _Sheet)
    return City(
        name=sheet.name,
        version=sheet.version,
        areas=_read(folder / "areas.json", tuple[Area, ...]),
        units=_read(folder / "units.json", tuple[Unit, ...]),
        mailboxes=_read(folder / "mailboxes.json", tuple[Mailbox, ...]),
        categories=_read(folder / "categories.json", tuple[Category, ...]),
        rules=_read(folder / "rules.json", tuple[Rule, ...]),
        desk_unit=sheet.desk_unit,
        terms=sheet.terms,
        campaign_public=sheet.campaign_public,
        letterhead=sheet.letterhead,
        talk=sheet.talk,
        replies=sheet.replies,
        gates=sheet.gates,
        security=sheet.security,
        risks=_read(_own_or_packaged(folder, "risks.json"), tuple[Risk, ...]),
    )


def load_places(folder: Path) -> Gazetteer:
    """The gazetteer of ``folder``; of an office that has none, nothing. Raises BadCityData."""
    path = folder / "places.json"
    return _read(path, tuple[Place, ...]) if path.exists() else ()


def _own_or_packaged(folder: Path, name: str) -> Path:
    """An office that says nothing of risks is warned of those that every city has."""
    return folder / name if (folder / name).exists() else _HERE / name


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.MsgspecError as error:
        raise BadCityData(f"{path.name}: {error}") from error
