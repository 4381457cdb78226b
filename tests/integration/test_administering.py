"""What an administrator sets: other agencies, their secrets, and accounts that were closed too soon."""

import json
import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from chalicelib.desk import agencies, cities, endpoints, signing_in, telling
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.city import Agency, City
from chalicelib.domain.errors import Changed, Invalid, NotFound
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import Channel, Level, Role
from chalicelib.storage import hooks, settings
from chalicelib.storage.records import unpack
from tests.integration.agency import Sender
from tests.integration.desk import Desk
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.visitor import PASSWORD, Visitor
from tests.integration.watching import sent


def administrator() -> Visitor:
    """Somebody in the room of administration, with its forms before them."""
    return visitor(Role.ADMINISTRATOR).get("/console/admin")


def test_an_agency_that_lost_its_secret_gets_another_and_the_old_one_is_refused(province: Sender) -> None:
    admin = administrator()
    answer = admin.send("/console/admin/agencies/province/secret")
    found = re.search(r"whsec_[A-Za-z0-9+/=]{44}", answer.page)
    assert found is not None
    assert province.refer().status == 401
    assert replace(province, secret=found.group()).refer().status == 201
    assert admin.get("/console/admin").send("/console/admin/agencies/none/secret").status == 404


def test_an_agency_refers_from_the_moment_it_is_entered(province: Sender) -> None:
    answer = administrator().send("/console/admin/agencies", name="邻市信访局", mailbox="petitions")
    made = cities.refreshed().agencies[-1]
    assert f"/api/agencies/{made.id}/petitions" in answer.page
    assert replace(province, agency=made.id, secret=made.secret).refer().status == 201


def test_a_mailbox_that_does_not_exist_is_refused_by_name(city: object) -> None:
    answer = administrator().send("/console/admin/agencies", name="邻市信访局", mailbox="none")
    assert answer.status == 400
    with pytest.raises(Invalid) as refused:
        agencies.add_agency({"name": "邻市信访局", "mailbox": "none"})
    assert [error.field for error in refused.value.errors] == ["mailbox"]


def test_an_agency_is_told_its_own_numbers_and_nobody_else_is(province: Sender, desk: Desk) -> None:
    own = endpoints.add_endpoint({"name": "省信访局", "url": "http://127.0.0.1:9/", "agency": "province"})
    other = endpoints.add_endpoint({"name": "邻市信访局", "url": "http://127.0.0.1:9/"})
    referred = province.refer()
    desk.later(seconds=1).route_all()
    message = next(one for one in sent(Topic.WEBHOOKS) if one.case_id == referred.body["case"])
    told = {one.id: json.loads(telling.body_of(message, one))["data"]["your_number"] for one in (own, other)}
    assert told == {own.id: referred.body["your_number"], other.id: None}


@pytest.mark.parametrize("role", sorted(set(PEOPLE) - {Role.ADMINISTRATOR}))
def test_nobody_else_may_let_an_agency_in(role: Role, city: object) -> None:
    person = visitor(role).get("/console/assessment")
    assert person.send("/console/admin/agencies", name="某局", mailbox="petitions").status == 403
    assert not cities.refreshed().agencies


def test_two_administrators_at_once_both_get_what_they_set(city: object, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, waiting = settings.load_city, [f"第{number}个机关" for number in range(3)]

    def load() -> City | None:
        """Right after the city was read, another administrator sets it."""
        read = honest()
        if waiting:
            agencies.add_agency({"name": waiting.pop(), "mailbox": "petitions"})
        return read

    names = {*waiting, "最先开始的机关"}
    monkeypatch.setattr(settings, "load_city", load)
    agencies.add_agency({"name": "最先开始的机关", "mailbox": "petitions"})
    assert {one.name.zh for one in cities.refreshed().agencies} == names


def test_a_version_that_somebody_set_first_is_not_set_over(city: object) -> None:
    known = cities.current()
    settings.save_city(replace(known, version=known.version + 1))
    with pytest.raises(Changed):
        settings.save_city(replace(known, version=known.version + 1, agencies=()))


def test_an_account_that_was_closed_by_mistake_is_opened_again(city: object) -> None:
    admin = administrator()
    clerk = PEOPLE[Role.CLERK].login
    signing_in.open_account(PEOPLE[Role.CLERK], PASSWORD)
    assert admin.get("/console/admin").send(f"/console/admin/accounts/{clerk}/closure").status == 303
    assert admin.get("/console/admin").send(f"/console/admin/accounts/{clerk}/reopening").status == 303
    assert signing_in.sign_in(clerk, PASSWORD, "203.0.113.9", datetime.now(UTC))
    for step in (signing_in.close_account, signing_in.reopen_account):
        with pytest.raises(NotFound):
            step("nobody")


OUT = "whsec_" + "b3V0" * 8
DESK = {"origin": "http://127.0.0.1:9/", "as_agency": "city-1", "secret_out": OUT}


def test_an_agency_s_own_desk_is_entered_changed_and_its_secret_never_shown(city: City) -> None:
    admin = administrator()
    made = admin.send("/console/admin/agencies", name="青屿县信访局", mailbox="petitions", stands="below", **DESK)
    assert (made.status, OUT in made.page) == (200, False)
    (agency,) = cities.refreshed().agencies
    assert (agency.origin, agency.has_desk) == ("http://127.0.0.1:9", True)
    assert [one.id for one in cities.current().desks_to_refer_to] == [agency.id]
    place = f"/console/admin/agencies/{agency.id}/desk"
    kept = {**DESK, "secret_out": "", "origin": "http://127.0.0.1:10"}
    admin.get("/console/admin").send(place, stands="beside", channel="micro_blog", **kept)
    (changed,) = cities.refreshed().agencies
    assert (changed.secret_out, changed.origin, changed.channel.value) == (OUT, "http://127.0.0.1:10", "micro_blog")
    assert changed.secret == agency.secret
    assert OUT not in admin.get("/console/admin").page
    admin.get("/console/admin").send(place, stands="above", origin="", as_agency="", secret_out="")
    assert not cities.refreshed().agencies[0].secret_out, "with its address goes its secret"
    assert admin.get("/console/admin").send("/console/admin/agencies/nobody/desk", **DESK).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": ""},
        {"as_agency": ""},
        {"secret_out": ""},
        {"origin": "https://10.0.0.7"},
        {"origin": "http://127.0.0.1:9/console"},
        {"origin": "http://user@127.0.0.1"},
        {"origin": "ftp://127.0.0.1"},
        {"as_agency": "../statuses"},
        {"secret_out": "whsec_short"},
        {"secret_out": "whsec_" + "字" * 40},
        {"secret_out": "b3V0" * 8},
        {"stands": "over"},
        {"channel": "web"},
    ],
)
def test_half_a_desk_or_one_that_nothing_is_sent_to_is_refused(city: City, wrong: dict[str, str]) -> None:
    fields = {"name": "青屿县信访局", "mailbox": "petitions", **DESK, **wrong}
    answer = administrator().send("/console/admin/agencies", **fields)
    assert answer.status == 400
    assert 'value="青屿县信访局"' in answer.page
    assert fields["secret_out"] == "" or fields["secret_out"] not in answer.page
    assert not cities.refreshed().agencies


def test_a_city_that_was_stored_before_agencies_had_desks_is_still_read(city: City) -> None:
    before = (
        '{"id": "province", "name": {"zh": "省信访局", "en": "Province"}, "secret": "whsec_x", "mailbox": "petitions"}'
    )
    agency = unpack(before, Agency)
    assert (agency.level, agency.stands, agency.channel) == (Level.CITY, Stands.ABOVE, Channel.AGENCY)
    assert not agency.has_desk


def test_an_endpoint_that_moves_begins_anew_and_belongs_to_no_agency_that_is_unknown(desk: Desk) -> None:
    said = {"name": "邻市信访局", "url": "http://127.0.0.1:9/"}
    endpoint = endpoints.add_endpoint(said)
    hooks.change_health(endpoint.id, lambda known: replace(known, failures=3))
    with pytest.raises(Invalid) as refused:
        endpoints.change_endpoint(endpoint.id, {**said, "url": "http://127.0.0.1:8/", "agency": "nobody"})
    assert [error.field for error in refused.value.errors] == ["agency"]
    endpoints.change_endpoint(endpoint.id, {**said, "about": "每月一次"})
    assert hooks.health(endpoint.id).failures == 3
    moved = endpoints.change_endpoint(endpoint.id, {**said, "url": "http://127.0.0.1:8/"})
    assert (moved.url, moved.secret) == ("http://127.0.0.1:8/", endpoint.secret)
    assert hooks.health(endpoint.id).failures == 0
