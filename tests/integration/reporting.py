"""Builders: months of a city as its ledgers tell of them, without the steps that would have led there."""

import random
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.city import City
from chalicelib.domain.facts import CITY, About, Entry
from chalicelib.domain.words import Channel, Kind, Level, Satisfaction, Solved
from chalicelib.storage.facts import ledger_item
from chalicelib.storage.table import DeskItem

KINDS = (Kind.APPEAL, Kind.APPEAL, Kind.APPEAL, Kind.ADVICE, Kind.CONSULTATION)


def month_of_matters(city: City, month: date, number: int, seed: int = 7) -> None:
    """So many matters of a month: registered, dispatched, most of them answered, some late, some rated."""
    chance = random.Random(f"{seed}{month}")
    entries = [entry for place in range(number) for entry in _matter(city, month, place, chance)]
    with DeskItem.batch_write() as batch:
        for entry in entries:
            batch.save(ledger_item(entry))


def _matter(city: City, month: date, place: int, chance: random.Random) -> list[Entry]:
    at = datetime(month.year, month.month, 1 + place % 27, 2, tzinfo=UTC)
    areas = [area.code for area in city.areas if area.level is not Level.CITY]
    categories = [one.id for one in city.categories[:8]]
    units = [unit.id for unit in city.units[1:12]]
    about = About(
        chance.choice(KINDS),
        chance.choice(list(Channel)),
        chance.choice(city.mailboxes).id,
        chance.choice([*areas, None]),
        chance.choice([*categories, None]),
        first_petition=chance.random() < 0.8,
        people=1 if chance.random() < 0.95 else 20,
    )
    case, receipt, unit = f"{month:%y%m}{place:08}", f"{month:%y%m}{place:07}1", chance.choice(units)
    came = (Fact(FactKind.ARRIVED, case, receipt, at, first_petition=about.first_petition),)
    done = [Fact(FactKind.RECEIVED, case, receipt, at)]
    if chance.random() < 0.05:
        return [Entry(CITY, month, case, about, (*came, Fact(FactKind.DECLINED, case, "", at)))]
    late = chance.random() < 0.12
    if late:
        done.append(Fact(FactKind.DUE, case, receipt, at + timedelta(days=1), in_time=False))
        done.append(Fact(FactKind.SUPERVISED, case, "", at + timedelta(days=1), level=1))
    if chance.random() < 0.9:
        done.append(Fact(FactKind.REPLIED, case, receipt, at + timedelta(days=2), in_time=not late))
        if chance.random() < 0.5:
            words = chance.choice(list(Solved)), chance.choice(list(Satisfaction))
            done.append(Fact(FactKind.RATED, case, receipt, at, solved=words[0], satisfaction=words[1]))
    return [Entry(CITY, month, case, about, came), Entry(unit, month, case, about, tuple(done))]
