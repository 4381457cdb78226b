"""The room of outgoing webhooks: whom we tell, of what, how it goes, and what an administrator does about it."""

import html
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.desk import cities, endpoints, hook_log
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.hooks import STEP_TYPES, WARNING_TYPES
from chalicelib.domain.words import Role
from chalicelib.entrypoints.console import visits
from tests.integration.desk import Desk
from tests.integration.hooking import go_on, hook, tell, work_off
from tests.integration.receiver import hangs, receiving, says
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.visitor import Visitor
from tests.integration.wire import Page

NOWHERE = "http://127.0.0.1:9/hooks"
SECRET = r"whsec_[A-Za-z0-9+/=]{44}"
DOORS = (
    "", "/x/form", "/x/closure", "/x/reopening", "/x/key", "/x/key/retirement", "/x/removal", "/x/test",
    "/x/delivery", "/x/given-up", "/x/replay",
)  # fmt: skip


def administrator() -> Visitor:
    """Somebody in the room, with its form before them."""
    return visitor(Role.ADMINISTRATOR).get("/console/hooks")


def test_a_new_endpoint_s_secret_is_shown_once_and_never_again(city: object) -> None:
    admin = administrator()
    assert "还没有要推送的机关" in admin.page
    made = admin.send("/console/hooks", name="省信访局", url=NOWHERE)
    assert made.status == 200
    secret = re.search(SECRET, made.page)
    assert secret is not None
    [endpoint] = cities.current().endpoints
    assert endpoint.secret == secret.group()
    for later in ("", f"/{endpoint.id}", f"/{endpoint.id}/form", f"/{endpoint.id}/removal"):
        assert "whsec_" not in admin.get(f"/console/hooks{later}").page
        assert "省信访局" in admin.page


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://agency.example/", "公网"),
        ("http://169.254.169.254/latest/meta-data", "公网"),
        ("https://10.0.0.7/hooks", "公网"),
        ("https://[::ffff:10.0.0.7]/hooks", "公网"),
        ("https://127.0.0.1:22/hooks", "1024"),
        ("https://no-such-host.invalid/hooks", "主机"),
        ("", "填"),
        ("https://" + "a" * 500, "500"),
    ],
)
def test_an_address_that_nothing_is_sent_to_is_refused_when_it_is_entered_and_when_it_is_changed(
    city: object, url: str, why: str
) -> None:
    admin = administrator()
    answer = admin.send("/console/hooks", name="省信访局", url=url, **{"type.case.replied": "yes"})
    assert answer.status == 400
    assert why in answer.page
    assert 'value="省信访局"' in answer.page, "what was typed is still there"
    assert re.search(r'name="type.case.replied" value="yes" checked', answer.page)
    assert not cities.refreshed().endpoints
    endpoint = endpoints.add_endpoint({"name": "省信访局", "url": NOWHERE})
    place = f"/console/hooks/{endpoint.id}/form"
    assert admin.get(place).send(place, name="省信访局", url=url).status == 400
    assert endpoints.find(endpoint.id).url == NOWHERE


def test_what_is_chosen_is_set_shown_and_changed(city: object) -> None:
    admin = administrator()
    unit = cities.current().units[3]
    chosen = {"type.case.replied": "yes", "type.warning.supervised": "yes", f"unit.{unit.id}": "yes"}
    refused = admin.send("/console/hooks", name="纪检监察系统", url=NOWHERE, **chosen)
    assert refused.status == 400
    assert "请同时勾选推送预警" in refused.page
    admin.send("/console/hooks", name="纪检监察系统", url=NOWHERE, about="二期", form="thin", warnings="yes", **chosen)
    [endpoint] = cities.refreshed().endpoints
    assert (endpoint.types, endpoint.units, endpoint.thin, endpoint.warnings, endpoint.about) == (
        ("case.replied", "warning.supervised"),
        (unit.id,),
        True,
        True,
        "二期",
    )
    place = f"/console/hooks/{endpoint.id}/form"
    page = html.unescape(admin.get(place).page)
    for name in chosen:
        assert f'name="{name}" value="yes" checked' in page
    for one in (*STEP_TYPES, *WARNING_TYPES):
        assert f'name="type.{one}"' in page
    assert admin.send(place, name="纪检监察系统", url=NOWHERE, form="full").status == 303
    changed = endpoints.find(endpoint.id)
    assert (changed.types, changed.units, changed.thin, changed.warnings) == ((), (), False, False)
    assert changed.secret == endpoint.secret
    assert admin.get(place).send(place, name="纪检监察系统", url=NOWHERE, form="round").status == 400


def test_an_endpoint_is_told_nothing_while_it_is_paused(city: object) -> None:
    admin = administrator()
    endpoint = endpoints.add_endpoint({"name": "省信访局", "url": NOWHERE})
    place = f"/console/hooks/{endpoint.id}"
    assert admin.get(place).send(f"{place}/closure").status == 303
    assert not cities.refreshed().endpoints[0].enabled
    assert "由管理员暂停" in admin.get(place).page
    assert admin.send(f"{place}/replay", begins="2026-11-01T00:00", ends="2026-11-02T00:00").status in (200, 400)
    assert admin.get(place).send(f"{place}/given-up").status == 409
    assert admin.get(place).send(f"{place}/reopening").status == 303
    assert cities.refreshed().endpoints[0].enabled


def test_a_key_is_changed_with_both_live_and_the_older_retired(city: object) -> None:
    admin = administrator()
    endpoint = endpoints.add_endpoint({"name": "省信访局", "url": NOWHERE})
    place = f"/console/hooks/{endpoint.id}"
    shown = admin.get(place).send(f"{place}/key")
    new = re.search(SECRET, shown.page)
    assert new is not None
    assert endpoints.find(endpoint.id).secret == new.group()
    assert endpoint.secret not in shown.page
    page = admin.get(place).page
    assert "旧密钥到" in page
    assert "whsec_" not in page
    assert admin.send(f"{place}/key").status == 409
    assert "两把密钥" in admin.page
    assert admin.get(place).send(f"{place}/key/retirement").status == 303
    assert endpoints.find(endpoint.id).older_secret == ""
    assert admin.get(place).send(f"{place}/key").status == 200


def test_an_endpoint_is_removed_once_that_is_confirmed(city: object) -> None:
    admin = administrator()
    endpoint = endpoints.add_endpoint({"name": "省信访局", "url": NOWHERE})
    place = f"/console/hooks/{endpoint.id}/removal"
    assert "删除省信访局？" in admin.get(place).page
    assert cities.refreshed().endpoints
    assert admin.send(place).status == 303
    assert not cities.refreshed().endpoints
    assert admin.get(place).status == 404


def test_a_test_is_sent_at_once_and_what_came_back_is_on_the_page(
    city: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = administrator()
    with receiving(says(200, "收到<b>".encode()), says(401, b"bad signature"), hangs(0.3)) as agency:
        endpoint = endpoints.add_endpoint({"name": "省信访局", "url": agency.url})
        place = f"/console/hooks/{endpoint.id}"
        first = admin.get(place).send(f"{place}/test").page
        assert "对方收下了" in first
        assert "收到&lt;b&gt;" in first
        assert json.loads(agency.bodies[0])["type"] == "test.ping"
        second = admin.send(f"{place}/test").page
        assert "对方没有收下" in second
        assert "bad signature" in second
        monkeypatch.setattr("chalicelib.gateways.webhooks.ANSWERS_WITHIN", 0.1)
        assert "没有应答" in admin.send(f"{place}/test").page
    assert hook_log.standing_of(endpoints.find(endpoint.id)).health.failures == 0, "a test is no failure of a step"
    assert admin.get(place).page.count("/delivery?at=") == 3
    [links] = [re.findall(r'href="([^"]*/delivery\?at=[^"]*)"', admin.page)]
    opened = admin.get(html.unescape(links[-1])).page
    assert "test.ping" in opened
    assert "再发一次" not in opened


def test_what_failed_is_seen_sent_again_and_replayed(now: Desk) -> None:
    admin = administrator()
    with receiving(says(500, b"out of order"), says(410)) as agency:
        tell(hook("province", agency.url, types=("case.dispatched",)))
        now.dispatched()
        work_off(now)
        page = admin.get("/console/hooks").page
        assert "对方没有收下" in page
        assert "连续1次，500" in page
        go_on(now, "province", minutes=1)
        place = "/console/hooks/province"
        page = admin.get(place).page
        assert "对方已停用" in page
        assert "对方回答410" in page
        assert "未能送达" in page
        failed_only = admin.get(f"{place}?failed=yes").page
        assert failed_only.count("/delivery?at=") == 2
        assert admin.get(place).send(f"{place}/reopening").status == 303
        agency.answers[:] = [says(200)]
        assert admin.get(place).send(f"{place}/given-up").status == 303
        work_off(now)
        assert len(agency.bodies) == 3
        link = html.unescape(re.findall(r'href="([^"]*/delivery\?at=[^"]*)"', admin.get(place).page)[0])
        opened = admin.get(link)
        assert html.escape(agency.bodies[-1].decode(), quote=False).replace('"', "&#34;") in opened.page
        assert opened.send(f"{place}/delivery").status == 303
        work_off(now)
        begins, ends = (
            (datetime.now(UTC) + by).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
            for by in (timedelta(hours=-1), timedelta(hours=1))
        )
        counted = admin.get(place).send(f"{place}/replay", begins=begins, ends=ends)
        assert "推送过1条" in counted.page
        assert len(agency.bodies) == 4
        assert counted.send(f"{place}/replay").status == 303
        work_off(now)
        assert len({one["webhook-id"] for one in agency.headers}) == 1
        assert len(agency.bodies) == 5


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/none", 404), ("/none/form", 404), ("/none/removal", 404), ("/none/delivery?at=1", 404),
        ("/x/delivery", 404), ("/x/delivery?at=" + "9" * 3000, 404), ("/x/delivery?at=%00", 404),
        ("/x?before=zzz", 404), ("/x?before=%F0%9F%98%80", 404), ("/" + "x" * 3000, 404),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(city: object, path: str, status: int) -> None:
    tell(hook("x", NOWHERE))
    assert visitor(Role.ADMINISTRATOR).get(f"/console/hooks{path}").status == status


@pytest.mark.parametrize(
    "period",
    [{}, {"begins": "x", "ends": "y"}, {"begins": "2026-01-02T00:00", "ends": "2026-01-01T00:00"},
     {"begins": "0001-01-01T00:00", "ends": "9999-12-31T23:59"}],
)  # fmt: skip
def test_a_period_that_cannot_be_read_is_refused_on_the_page(city: object, period: dict[str, str]) -> None:
    tell(hook("x", NOWHERE))
    admin = visitor(Role.ADMINISTRATOR).get("/console/hooks/x")
    answer = admin.send("/console/hooks/x/replay", **period)
    assert answer.status == 400
    assert 'role="alert"' in answer.page


def test_nobody_else_enters_the_room_or_does_anything_in_it(city: object) -> None:
    tell(hook("x", NOWHERE))
    for role in (Role.CLERK, Role.LEADER):
        person = Visitor(PEOPLE[role]).sign_in().get("/console/assessment")
        for door in DOORS:
            assert person.send(f"/console/hooks{door}", name="某局", url=NOWHERE).status == 403
        for door in ("", "/x", "/x/form", "/x/removal", "/x/delivery"):
            assert person.get(f"/console/hooks{door}").status == 403
    without_its_token = visitor(Role.ADMINISTRATOR)
    for door in DOORS:
        assert without_its_token.post(f"/console/hooks{door}", name="某局", url=NOWHERE).status == 403
    assert [one.id for one in cities.refreshed().endpoints] == ["x"]
    assert visits.may_enter(PEOPLE[Role.ADMINISTRATOR], "hooks")


def test_the_schemas_are_public_and_may_be_kept(page: Page) -> None:
    answer = page.ask("GET", "/api/webhooks/schemas")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert set(answer.body["types"]) == {*STEP_TYPES, *WARNING_TYPES, "test.ping"}
    for kinds in answer.body["types"].values():
        assert set(kinds) <= set(answer.body["$defs"])
    told = answer.body["$defs"]["Told"]
    assert set(told["required"]) == set(told["properties"])
    assert all("description" in one for one in told["properties"].values())
