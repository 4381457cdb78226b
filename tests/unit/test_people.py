"""Who may see what: every role against every case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.people import (
    Staff,
    masked_name,
    masked_phone,
    may_know_petitioner,
    may_list,
    may_read,
    reads_masked,
)
from chalicelib.domain.words import STAFF, UNIT_ROLES, Kind, Light, Role, State
from tests.unit.matter import OTHER_UNIT, UNIT, Matter

HERE = Matter().at(State.IN_HANDLING).case
AT_THE_DESK = Matter().at(State.REGISTERED).case
SEALED = Matter().filed(kind=Kind.ACCUSATION).at(State.IN_HANDLING).case


def staff(role: Role, unit: str | None = UNIT, mailboxes: tuple[str, ...] = ()) -> Staff:
    """Somebody of ``role``."""
    return Staff("someone", "某人", role, unit, mailboxes)


def test_a_unit_sees_its_own_cases_and_no_others() -> None:
    for role in (Role.HANDLER, Role.HEAD):
        assert may_list(staff(role), HERE)
        assert may_read(staff(role), HERE)
        assert not may_list(staff(role, OTHER_UNIT), HERE)
        assert not may_list(staff(role), AT_THE_DESK)
        assert not may_list(staff(role, None), AT_THE_DESK), "no unit is not the same as no unit"


def test_the_clerk_sees_every_case() -> None:
    assert all(may_read(staff(Role.CLERK), Matter().at(state).case) for state in State)


@pytest.mark.parametrize(
    ("light", "level", "seen"),
    [
        (None, 0, False),
        (Light.GREEN, 0, False),
        (Light.YELLOW, 0, True),
        (Light.RED, 0, True),
        (Light.GREEN, 1, True),
    ],
)
def test_a_supervisor_sees_what_is_late_or_was_supervised(light: Light | None, level: int, seen: bool) -> None:
    assert may_list(staff(Role.SUPERVISOR), replace(HERE, light=light, highest_level=level)) == seen


def test_a_leader_sees_what_came_to_the_leaders_own_mailbox() -> None:
    assert may_read(staff(Role.LEADER, None, ("hotline",)), HERE)
    assert not may_read(staff(Role.LEADER, None, ("mayor",)), HERE)


def test_an_administrator_sees_settings_and_never_a_case() -> None:
    assert not may_list(staff(Role.ADMINISTRATOR), HERE)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_an_accusation_is_read_by_its_own_unit_alone(role: Role) -> None:
    late = replace(SEALED, light=Light.RED, highest_level=3)
    assert may_read(staff(role, mailboxes=("hotline",)), late) == (role in (Role.HANDLER, Role.HEAD))
    assert not may_read(staff(role, OTHER_UNIT, ("hotline",)), late)


@pytest.mark.parametrize("case", [HERE, AT_THE_DESK, SEALED], ids=["handled", "at the desk", "sealed"])
@pytest.mark.parametrize("role", sorted(STAFF))
def test_who_wrote_is_shown_to_fewer_than_what_was_written(role: Role, case: Case) -> None:
    somebody = staff(role, mailboxes=("hotline",))
    for keep_from_unit in (True, False):
        if may_know_petitioner(somebody, case, keep_from_unit):
            assert may_read(somebody, case)
    assert not may_know_petitioner(staff(Role.LEADER, mailboxes=("hotline",)), case, False)
    assert not may_know_petitioner(staff(Role.SUPERVISOR), replace(case, light=Light.RED), False)


def test_masked_reads_who_supervises_from_another_unit_and_neither_the_units_own_people_nor_the_desk() -> None:
    masked = {(role, unit) for role in Role for unit in (UNIT, OTHER_UNIT) if reads_masked(staff(role, unit), HERE)}
    assert masked == {(role, OTHER_UNIT) for role in UNIT_ROLES}


def test_a_name_kept_from_the_unit_is_kept_from_the_unit() -> None:
    for role in (Role.HANDLER, Role.HEAD):
        assert may_know_petitioner(staff(role), HERE, False)
        assert not may_know_petitioner(staff(role), HERE, True)
    assert may_know_petitioner(staff(Role.CLERK), HERE, True)


@pytest.mark.parametrize(
    ("name", "masked"), [("", ""), ("王", "王某"), ("王芳", "王某"), ("欧阳文山", "欧某某"), ("𠮷田", "𠮷某")]
)
def test_of_a_name_only_its_first_character_is_shown(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@given(st.text("0123456789+", max_size=16))
def test_of_a_number_at_most_five_digits_are_shown(phone: str) -> None:
    shown = masked_phone(phone)
    assert len(shown) == len(phone)
    assert sum(char != "*" for char in shown) <= (5 if len(phone) > 5 else 0)
