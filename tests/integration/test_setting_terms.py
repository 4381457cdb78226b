"""期限设置 in the console: set, seen, put back; two at once; nothing half-set."""

from datetime import UTC, datetime

import pytest

from chalicelib.desk import cities, setting_terms
from chalicelib.domain.errors import Changed, Invalid
from chalicelib.domain.people import Staff
from chalicelib.domain.terms import working_days
from chalicelib.domain.words import Role
from chalicelib.storage import settings
from tests.integration.desk import Desk
from tests.integration.test_console import visitor
from tests.integration.visitor import Visitor
from tests.unit.test_setting_terms import form

PLACE = "/console/terms"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ADMIN = Staff("guanli", "管理员", Role.ADMINISTRATOR)


def administrator() -> Visitor:
    """Somebody who keeps the settings, with the page before them."""
    return visitor(Role.ADMINISTRATOR).get(PLACE)


def test_a_term_is_set_and_the_next_case_has_it(desk: Desk) -> None:
    answer = administrator().send(PLACE, **form(sign="1"))
    assert (answer.status, answer.location) == (303, f"{PLACE}?done=terms")
    assert cities.refreshed().terms.sign == working_days(1)
    page = administrator().get(answer.location).page
    assert "期限已保存" in page
    assert "单位签收：2 个工作日 → 1 个工作日" in page


def test_what_was_typed_is_still_there_when_the_law_is_against_it(desk: Desk) -> None:
    before = cities.refreshed().version
    answer = administrator().send(PLACE, **form(handle_law="61", sign="1"))
    assert answer.status == 400
    assert "《信访工作条例》规定不超过 60 天" in answer.page
    assert 'name="handle_law" inputmode="numeric" pattern="[0-9]{1,6}" required value="61"' in answer.page
    assert 'name="sign" inputmode="numeric" pattern="[0-9]{1,6}" required value="1"' in answer.page
    assert cities.refreshed().version == before


def test_saving_what_is_in_force_makes_no_version(desk: Desk) -> None:
    before = cities.refreshed().version
    assert administrator().send(PLACE, **form()).location == f"{PLACE}?done=terms_same"
    assert (cities.refreshed().version, setting_terms.history()) == (before, [])


def test_a_change_is_put_back_and_that_too_can_be(desk: Desk) -> None:
    administrator().send(PLACE, **form(sign="1"))
    made = setting_terms.history()[0]
    assert administrator().send(f"{PLACE}/{made.version}/undoing").location == f"{PLACE}?done=terms_back"
    assert cities.refreshed().terms.sign == working_days(2)
    again = setting_terms.history()[0]
    administrator().send(f"{PLACE}/{again.version}/undoing")
    assert cities.refreshed().terms.sign == working_days(1)
    assert [change.by for change in setting_terms.history()] == [administrator().staff.login] * 3


def test_of_two_who_set_terms_at_once_the_later_is_told_and_loses_nothing(desk: Desk) -> None:
    first, second = administrator(), administrator()
    first.send(PLACE, **form(sign="1"))
    answer = second.send(PLACE, **form(minutes="3"))
    assert answer.status == 409
    assert "别人改过期限" in answer.page
    assert 'name="minutes" inputmode="numeric" pattern="[0-9]{1,6}" required value="3"' in answer.page
    assert cities.refreshed().terms.sign == working_days(1)


def test_terms_and_who_set_them_are_written_together_or_not_at_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    setting_terms.set_terms(form(sign="1"), 0, ADMIN, NOW)
    city = cities.refreshed()
    with pytest.raises(Changed):  # somebody else set the city to this version meanwhile
        settings.save_city(city, [settings.terms_change_item(setting_terms.history()[0])])
    assert len(setting_terms.history()) == 1


def test_a_change_that_is_not_there_is_not_put_back(desk: Desk) -> None:
    assert administrator().send(f"{PLACE}/77/undoing").status == 404
    assert administrator().send(f"{PLACE}/x/undoing").status == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.HANDLER, Role.HEAD, Role.SUPERVISOR, Role.LEADER])
def test_only_who_keeps_the_settings_sets_terms(desk: Desk, role: Role) -> None:
    assert visitor(role).get(PLACE).status == 403


def test_a_form_with_nothing_in_it_names_every_field(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        setting_terms.set_terms({}, 0, ADMIN, NOW)
    assert {error.code for error in refused.value.errors} == {"field.empty"}
