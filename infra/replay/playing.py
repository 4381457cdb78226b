"""One replay from the empty table to what can be counted."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from chalicelib.desk import cities
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City
from chalicelib.storage import settings
from infra.replay.figures import Figures, figures_of
from infra.replay.letters import Letter, Skipped
from infra.replay.office import Office, city_with_one_term
from infra.replay.postroom import PostRoom
from infra.replay.tally import Told, read_back
from infra.replay.timeline import Moment, Played, Step, play


@dataclass(frozen=True, slots=True)
class Replayed:
    """Everything that a replay left: what the report draws is here, what is printed is in ``figures``."""

    letters: tuple[Letter, ...]
    told: tuple[Told, ...]
    played: Played
    city: City
    join: bool
    notices: int

    def figures(self, skipped: Sequence[Skipped], seconds: float) -> Figures:
        """The figures, with what did not take part."""
        return figures_of(
            self.letters,
            skipped,
            self.told,
            self.played,
            self.city,
            join=self.join,
            notices=self.notices,
            seconds=seconds,
        )


def replay(letters: Sequence[Letter], term_days: int | None, *, join: bool) -> Replayed:
    """Play ``letters`` on the desk of this process, whose table is empty. How far it is stands on standard error."""
    city = city_with_one_term(term_days)
    settings.save_city(city)
    cities.refreshed()
    room = PostRoom(join).open()
    office = Office(city, room)

    played = _played(letters, office)
    room.put_aside()
    told = read_back(_bar(office.case_of.values(), "read back", len(office.case_of)))
    filed = tuple(letter for letter in letters if letter.line in office.case_of)
    return Replayed(filed, tuple(told), played, city, join, room.notices)


def _played(letters: Sequence[Letter], office: Office) -> Played:
    steps = len(letters) + sum(letter.replied_at is not None for letter in letters)
    with _bar((), "replay", steps) as bar:

        def passed(moment: Moment) -> None:
            if moment.step in (Step.FILED, Step.REPLIED):
                bar.update()
            else:
                bar.set_postfix_str(f"{moment.at.astimezone(SHANGHAI):%Y-%m-%d}", refresh=False)

        return play(letters, office, passed)


def _bar(over: Iterable[str], name: str, total: int) -> "tqdm[str]":
    return tqdm(over, desc=name, total=total, unit="", file=sys.stderr, dynamic_ncols=True, mininterval=0.5)
