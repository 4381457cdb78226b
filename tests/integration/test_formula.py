"""考核办法: proposed, tried out, put in force and put back; what each version counted stays what it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from chalicelib.desk import assessing, enacting, formulas
from chalicelib.domain.enacting import Enacted
from chalicelib.domain.errors import Changed, Invalid, NotFound, RuleBroken
from chalicelib.domain.formula import Formula, three_rates
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import formulas as stored
from tests.integration.desk import Desk
from tests.integration.test_assessing import COUNTED_AT, MARCH, month_of_six, row_of
from tests.integration.test_console import PEOPLE
from tests.integration.watching import everything, lost
from tests.unit.test_formula import form_of

NOW = datetime(2026, 4, 9, 2, 0, tzinfo=UTC)
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
SUPERVISOR, LEADER = PEOPLE[Role.SUPERVISOR], PEOPLE[Role.LEADER]
INSPECTOR = Staff("inspector", "白检", Role.SUPERVISOR, "urban-management")


def in_force_from(since: date, formula: Formula) -> Enacted:
    """``formula``, proposed and put in force."""
    lock = enacting.room(NOW).lock
    draft = enacting.propose(form_of(formula), lock, SUPERVISOR, NOW)
    return enacting.enact(draft.lock, since, LEADER, NOW)


def just_before(monkeypatch: pytest.MonkeyPatch, saving: str, competing: Callable[[], object]) -> None:
    """Between what somebody has read and what they write, ``competing`` happens."""
    honest = getattr(stored, saving)

    def save(*arguments: object) -> None:
        monkeypatch.setattr(stored, saving, honest)
        competing()
        honest(*arguments)

    monkeypatch.setattr(stored, saving, save)


# Versions.


def test_a_desk_begins_with_the_first_formula_and_keeps_nothing_of_it(city: object) -> None:
    assert formulas.in_force(MARCH) == formulas.of_version(1) == Formula()
    assert [one.version for one in formulas.versions()] == [1]
    assert not any(key.startswith("formula") for key in everything())
    with pytest.raises(NotFound):
        formulas.of_version(2)


def test_what_is_put_in_force_counts_the_months_from_then_on_and_the_earlier_ones_stay(desk: Desk) -> None:
    unit = month_of_six(desk)
    before = assessing.assess(MARCH, COUNTED_AT)
    made = in_force_from(APRIL, Formula(response=99))
    assert (made.version, made.since, made.name, made.drafted_by) == (2, APRIL, "高远", "严督")
    assert formulas.in_force(MARCH) == Formula()
    assert formulas.in_force(APRIL) == formulas.of_version(2) == Formula(version=2, response=99)
    assert assessing.assess(MARCH, COUNTED_AT) == before, "asked for again, by its own version"
    april = assessing.assess(APRIL, COUNTED_AT + timedelta(days=31))
    assert april.weights == 2
    assert row_of(before, unit) is not None


def test_a_draft_counts_nothing(city: object) -> None:
    enacting.propose(form_of(three_rates()), 0, SUPERVISOR, NOW)
    assert formulas.in_force(JUNE) == Formula()


def test_a_version_is_never_written_over(city: object) -> None:
    made = in_force_from(APRIL, Formula(response=20))
    with pytest.raises(Changed):
        stored.save_version(replace(made, name="别人"), NOW)
    assert stored.version(2) == made
    in_force_from(MAY, Formula(response=30))
    enacting.restore(1, 3, JUNE, LEADER, NOW)
    assert stored.versions()[0] == made


def test_putting_an_earlier_version_back_makes_a_new_one_with_the_same_numbers(city: object) -> None:
    in_force_from(APRIL, Formula(response=20))
    in_force_from(MAY, three_rates())
    undone = enacting.restore(2, 3, JUNE, LEADER, NOW)
    assert (undone.version, undone.restores) == (4, 2)
    assert formulas.in_force(JUNE) == Formula(version=4, response=20)
    assert formulas.in_force(MAY) == replace(three_rates(), version=3)
    with pytest.raises(NotFound):
        enacting.restore(9, 4, JUNE, LEADER, NOW)


def test_no_formula_is_put_in_force_for_a_month_that_was_counted(desk: Desk) -> None:
    month_of_six(desk)
    assessing.assess(MARCH, COUNTED_AT)
    draft = enacting.propose(form_of(three_rates()), 0, SUPERVISOR, NOW)
    for month in (MARCH, date(2026, 2, 1), date(2029, 1, 1)):
        with pytest.raises(Invalid):
            enacting.enact(draft.lock, month, LEADER, NOW)
        with pytest.raises(Invalid):
            enacting.restore(1, 1, month, LEADER, NOW)
    assert [one.version for one in formulas.versions()] == [1]


# Two at once.


def test_of_two_who_change_the_draft_the_slower_is_told_and_nothing_is_lost(city: object) -> None:
    first = enacting.propose(form_of(Formula(response=20)), 0, SUPERVISOR, NOW)
    with pytest.raises(RuleBroken, match=r"formula\.changed"):
        enacting.propose(form_of(Formula(response=30)), 0, SUPERVISOR, NOW)
    assert enacting.room(NOW).draft == first


def test_of_two_who_change_the_draft_at_the_same_moment_one_wins(city: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def other() -> object:
        return enacting.propose(form_of(Formula(response=20)), 0, SUPERVISOR, NOW)

    just_before(monkeypatch, "save_draft", other)
    with pytest.raises(RuleBroken, match=r"formula\.changed"):
        enacting.propose(form_of(Formula(response=30)), 0, SUPERVISOR, NOW)
    draft = enacting.room(NOW).draft
    assert draft is not None
    assert draft.formula == Formula(response=20)


def test_a_draft_that_changed_under_the_leader_is_not_put_in_force(
    city: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = enacting.propose(form_of(Formula(response=20)), 0, SUPERVISOR, NOW)
    just_before(
        monkeypatch,
        "save_version",
        lambda: enacting.propose(form_of(Formula(response=90)), draft.lock, SUPERVISOR, NOW),
    )
    with pytest.raises(RuleBroken, match=r"formula\.changed"):
        enacting.enact(draft.lock, APRIL, LEADER, NOW)
    assert formulas.in_force(APRIL) == Formula()


def test_of_two_leaders_who_put_something_in_force_at_the_same_moment_one_does(
    city: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force_from(APRIL, Formula(response=20))
    draft = enacting.propose(form_of(three_rates()), enacting.room(NOW).lock, SUPERVISOR, NOW)
    just_before(monkeypatch, "save_version", lambda: enacting.restore(1, 2, MAY, LEADER, NOW))
    with pytest.raises(RuleBroken, match=r"formula\.changed"):
        enacting.enact(draft.lock, MAY, LEADER, NOW)
    assert [(one.version, one.restores) for one in formulas.versions()] == [(3, 1), (2, 0), (1, 0)]
    assert enacting.room(NOW).proposed == draft, "and the draft still waits"


def test_what_is_cut_off_puts_nothing_in_force_and_keeps_the_draft(city: object) -> None:
    draft = enacting.propose(form_of(three_rates()), 0, SUPERVISOR, NOW)
    with lost("TransactWriteItems"), pytest.raises((PynamoDBException, EndpointConnectionError)):
        enacting.enact(draft.lock, APRIL, LEADER, NOW)
    assert enacting.room(NOW).proposed == draft
    assert enacting.enact(draft.lock, APRIL, LEADER, NOW).version == 2


def test_a_draft_is_dropped_and_another_can_follow(city: object) -> None:
    draft = enacting.propose(form_of(three_rates()), 0, SUPERVISOR, NOW)
    enacting.drop(draft.lock, LEADER, NOW)
    assert enacting.room(NOW).proposed is None
    with pytest.raises(RuleBroken, match=r"formula\.no_draft"):
        enacting.drop(enacting.room(NOW).lock, LEADER, NOW)
    with pytest.raises(RuleBroken, match=r"formula\.no_draft"):
        enacting.enact(enacting.room(NOW).lock, APRIL, LEADER, NOW)
    assert in_force_from(APRIL, three_rates()).version == 2


def test_there_is_nothing_to_put_in_force_or_to_drop_where_nobody_proposed(city: object) -> None:
    with pytest.raises(RuleBroken, match=r"formula\.no_draft"):
        enacting.enact(0, APRIL, LEADER, NOW)
    with pytest.raises(RuleBroken, match=r"formula\.no_draft"):
        enacting.drop(0, LEADER, NOW)


def test_an_earlier_version_is_not_put_back_over_one_that_the_leader_has_not_seen(desk: Desk) -> None:
    in_force_from(MAY, replace(Formula(), response=20))
    before = formulas.versions()
    with pytest.raises(RuleBroken, match=r"formula\.changed"):
        enacting.restore(1, 1, JUNE, LEADER, NOW)
    assert formulas.versions() == before
