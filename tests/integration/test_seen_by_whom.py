"""Whose a matter's pages, files and names are: nobody is shown what is not theirs, or not theirs any longer."""

import pytest
from msgspec.structs import replace

from chalicelib.desk import handling, working
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound, NotYours
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_sealed_petitioner
from tests.integration.belongings import HERS, file
from tests.integration.desk import Desk
from tests.integration.test_console import PEOPLE

pytestmark = pytest.mark.usefixtures("empty_bucket")


def looks(case: Case) -> int:
    """How often somebody looked who wrote it, as its record says."""
    return sum(event.kind == "PetitionerSeen" for event in cases.record_of(case.case_id))


def test_an_administrator_works_through_no_petitions(desk: Desk) -> None:
    case = desk.signed()
    administrator = PEOPLE[Role.ADMINISTRATOR]
    assert working.lists_of(administrator) == ()
    for name in working.lists_of(desk.handler(case)):
        with pytest.raises(NotYours):
            working.worklist(administrator, name, 10)


def test_a_name_is_looked_up_by_its_own_matter_and_where_none_was_left_nobody_is_shown(desk: Desk) -> None:
    hers = desk.signed(**HERS)
    nobodys = desk.signed(anonymous=True, name="", phone="", text="没有留名字的一封信，小贩在路口占道经营。")
    handler = desk.handler(hers)
    assert working.petitioner_of(handler, hers.case_id, hers.receipts[0], desk.now).name == HERS["name"]
    for case, receipt in ((nobodys, hers.receipts[0]), (nobodys, nobodys.receipts[0])):
        with pytest.raises(NotFound):
            working.petitioner_of(desk.handler(case), case.case_id, receipt, desk.now)
    assert (looks(hers), looks(nobodys)) == (1, 0), "what was not shown is no look"


def test_a_file_is_fetched_by_its_unit_under_the_name_it_came_with_and_by_no_other_unit(desk: Desk) -> None:
    case = desk.signed(**HERS, uploads=[file(desk)])
    handler, receipt = desk.handler(case), case.receipts[0]
    assert "filename" in working.file_of(handler, case.case_id, receipt, 0, desk.now)
    elsewhere = next(unit.id for unit in desk.city.units if unit.id not in (case.unit, desk.city.desk_unit))
    for person, number in ((handler, 1), (replace(handler, unit=elsewhere), 0)):
        with pytest.raises(NotFound):
            working.file_of(person, case.case_id, receipt, number, desk.now)
    assert cases.load(case.case_id).version == case.version, "of what is not sealed no look is kept"


@pytest.mark.parametrize("signed", [True, False])
def test_a_unit_that_loses_the_matter_at_this_moment_is_not_shown_who_wrote(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, signed: bool
) -> None:
    case = desk.dispatched(**HERS)
    handler, honest = desk.handler(case), load_sealed_petitioner

    def meanwhile(receipt: str) -> object:
        back = handling.return_to_desk(case.case_id, case.version, desk.head(case), desk.now, "不归我们管。")
        other = next(unit.id for unit in desk.city.units if unit.id not in (case.unit, desk.city.desk_unit))
        there = handling.dispatch(back.case_id, back.version, desk.clerk, desk.now, other)
        if signed:
            handling.sign(there.case_id, there.version, desk.handler(there), desk.now)
        return honest(receipt)

    monkeypatch.setattr(working, "load_sealed_petitioner", meanwhile)
    with pytest.raises(NotFound):
        working.petitioner_of(handler, case.case_id, case.receipts[0], desk.now)
    assert looks(case) == 0
