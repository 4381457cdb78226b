"""Joined, split and joined again, at whatever point: every citizen stands in exactly one case, and waits no longer."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.case import Case, Voice
from chalicelib.domain.clocks import exact_clock
from chalicelib.domain.errors import Invalid, Refused, RuleBroken
from chalicelib.domain.events import CITIZEN
from chalicelib.domain.folding import fold
from chalicelib.domain.handling import join
from chalicelib.domain.moves import permit
from chalicelib.domain.splitting import split
from chalicelib.domain.words import Action, ClockName, Role, State
from tests.unit.matter import ACTORS, BASIS, MONDAY, TRADE, Matter

CLERK = ACTORS[Role.CLERK]
OPEN = (State.RECEIVED, State.REGISTERED, State.ACCEPTED, State.DISPATCHED, State.IN_HANDLING, State.AWAITING_APPROVAL)
RETROACTIVE = (State.ACCEPTED, State.DISPATCHED, State.RETURNED, State.IN_HANDLING, State.AWAITING_APPROVAL)
STEPS = st.tuples(st.sampled_from(("join", "split", "withdraw", "reply")), st.integers(0, 3), st.integers(0, 3))


@dataclass
class Room:
    """Some matters beside each other, and a clerk who joins and splits them."""

    matters: list[Matter] = field(default_factory=list)

    @classmethod
    def with_matters(cls, states: list[State]) -> "Room":
        """One matter in each of ``states``, all filed on Monday."""
        room = cls()
        for number, state in enumerate(states):
            matter = Matter(case_id=f"31000000000{number}").filed(receipt=f"10000000000{number}")
            room.matters.append(matter.at(state))
        last = max(matter.now for matter in room.matters)
        for matter in room.matters:
            matter.now = last
        return room

    def join(self, one: int, other: int) -> None:
        """``one`` ends, and its citizens go on with ``other``."""
        ending, into = self.matters[one], self.matters[other]
        permit(ending.case, Action.JOIN, CLERK, ending.now)
        joined, added = join(ending.case, into.case, BASIS)
        ending.happens(joined, by=CLERK)
        into.happens(*added, by=CLERK)

    def split(self, one: int, other: int) -> None:
        """What had been joined to ``one`` with ``other`` goes on by itself."""
        staying, origin = self.matters[one], self.matters[other]
        permit(staying.case, Action.SPLIT, CLERK, staying.now)
        leaving, off = split(staying.case, origin.case, "说的是另一件事。", staying.now, TRADE)
        staying.happens(leaving, by=CLERK)
        origin.happens(off, by=CLERK)

    def withdraw(self, one: int, other: int) -> None:
        """A citizen of ``one`` withdraws."""
        receipts = self.matters[one].case.receipts
        if receipts:
            self.matters[one].take(Action.WITHDRAW, CITIZEN, receipts[other % len(receipts)])

    def reply(self, one: int, other: int) -> None:
        """``one`` is answered."""
        self.matters[one].take(Action.REPLY, ACTORS[Role.HEAD])

    def standing(self) -> dict[str, int]:
        """In how many cases each citizen who did not withdraw is heard."""
        heard: dict[str, int] = {}
        for matter in self.matters:
            if matter.case.state is not State.JOINED:
                for receipt in matter.case.receipts:
                    heard[receipt] = heard.get(receipt, 0) + 1
        return heard


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(OPEN), min_size=4, max_size=4), st.lists(STEPS, max_size=25))
def test_every_citizen_who_did_not_withdraw_stands_in_exactly_one_case(
    states: list[State], steps: list[tuple[str, int, int]]
) -> None:
    room = Room.with_matters(states)
    gone: set[str] = set()
    for name, one, other in steps:
        before = room.standing()
        try:
            getattr(room, name)(one, other)
        except Refused:
            assert room.standing() == before, "what is refused changes nothing"
        else:
            gone |= set(before) - set(room.standing()) if name == "withdraw" else set()
        heard = room.standing()
        everybody = {f"10000000000{number}" for number in range(4)}
        assert heard == dict.fromkeys(everybody - gone, 1)
    for matter in room.matters:
        assert fold(matter.events) == matter.case


@pytest.mark.parametrize("state", RETROACTIVE)
def test_a_case_that_was_on_its_way_is_joined_split_off_and_joined_again(state: State) -> None:
    room = Room.with_matters([state, State.IN_HANDLING])
    room.join(0, 1)
    assert room.matters[0].case.state is State.JOINED
    assert room.matters[1].case.receipts == ("100000000001", "100000000000")
    room.split(1, 0)
    back = room.matters[0].case
    assert (back.state, back.unit, back.left_to_clerk, back.joined_to) == (State.REGISTERED, None, True, None)
    assert {clock.name for clock in back.clocks} == {ClockName.ACCEPT}
    room.join(0, 1)
    assert room.standing() == {"100000000000": 1, "100000000001": 1}


def test_what_was_joined_to_another_case_is_not_split_off_from_this_one() -> None:
    room = Room.with_matters([State.IN_HANDLING, State.IN_HANDLING, State.IN_HANDLING])
    room.join(0, 1)
    joined, into, other = (matter.case for matter in room.matters)
    for case, origin in ((other, joined), (into, other)):
        with pytest.raises(Invalid) as refused:
            split(case, origin, "说的是另一件事。", MONDAY, TRADE)
        assert [(error.field, error.code) for error in refused.value.errors] == [("receipt", "split.not_joined")]


def test_nobody_is_joined_to_a_later_deadline() -> None:
    room = Room.with_matters([State.IN_HANDLING, State.IN_HANDLING])
    later = room.matters[1]
    clock = exact_clock(ClockName.HANDLE, later.now, days=60)
    with pytest.raises(RuleBroken) as refused:
        join(room.matters[0].case, replace(later.case, clocks=(clock,)), BASIS)
    assert refused.value.code == "join.later"


def crowd(*signers: int, withdrawn: int = 0) -> Case:
    """A case of so many letters, each signed by so many."""
    case = Matter().at(State.IN_HANDLING).case
    voices = tuple(
        Voice(f"{number:012}", MONDAY, signers=signed, withdrawn=number < withdrawn)
        for number, signed in enumerate(signers)
    )
    return replace(case, voices=voices)


def test_of_a_joint_letter_all_who_signed_count_as_people() -> None:
    assert crowd(0).people == 1
    assert crowd(20, 0, 3).people == 24
    assert crowd(20, 0, 3, withdrawn=1).people == 4


def test_who_signed_goes_along_when_a_letter_is_joined() -> None:
    room = Room.with_matters([State.REGISTERED, State.IN_HANDLING])
    case = replace(room.matters[0].case, voices=(Voice("100000000000", MONDAY, signers=20),))
    _, added = join(case, room.matters[1].case, BASIS)
    assert [voice.signers for voice in added] == [20]
