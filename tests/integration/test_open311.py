"""Programs of others speak Open311 GeoReport v2 with the desk: a client as it is, and what the specification asks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

import pytest
from chalice.test import HTTPResponse
from georeport import GeoReport

from chalicelib.desk import applications, cities, open311, tracking
from chalicelib.desk.vault import vault
from chalicelib.domain.events import LeftToClerk, Registered
from chalicelib.domain.georeport import jurisdiction_of
from chalicelib.domain.people import Staff
from chalicelib.domain.subject_list import every_level
from chalicelib.domain.words import Channel, Kind, Outcome, Role
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_sealed_petitioner, load_submission
from tests.integration.advising import ADVICE, SAID, decided, publish
from tests.integration.desk import Desk
from tests.integration.serving import serving
from tests.integration.visitor import Visitor, request
from tests.integration.watching import everything

LAMP = {
    "description": "我家楼下的路灯坏了半个月。晚上老人出门看不见路，请派人来修。",
    "address_string": "荻洲区滨河路12号",
    "first_name": "秀英",
    "last_name": "王",
    "phone": "138 1234 5678",
}


@pytest.fixture
def key(now: Desk) -> str:
    """The key of a program that may hand in, today."""
    return keyed(now)


def keyed(desk: Desk, name: str = "随手拍") -> str:
    """Another program."""
    made, key = applications.add({"name": name, "mailbox": desk.mailbox_for(Kind.APPEAL)})
    desk.city = cities.current()
    assert key not in repr(desk.city)
    assert made.enabled
    return key


def ask(place: str, **query: str) -> HTTPResponse:
    """One GET."""
    return request("GET", f"/api/open311/{place}?{urlencode(query)}")


def post(key: str = "", form: str = "json", **said: str) -> HTTPResponse:
    """A request is handed in."""
    code = cities.current().categories[0].id
    fields = {"service_code": code, **LAMP, **({"api_key": key} if key else {}), **said}
    body = urlencode({name: value for name, value in fields.items() if value}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return request("POST", f"/api/open311/requests.{form}", body, headers)


def read(answer: HTTPResponse) -> Any:
    """What JSON says."""
    return json.loads(answer.body)


def handed_in(key: str, **said: str) -> str:
    """The number that a program got."""
    answer = post(key, **said)
    assert answer.status_code == 201, answer.body
    return str(read(answer)[0]["service_request_id"])


def texts(element: Element, path: str) -> list[str | None]:
    """The texts of an XML answer."""
    return [one.text for one in element.iterfind(path)]


@pytest.fixture
def address(table: str) -> Iterator[str]:
    """The application on a real port."""
    with serving() as origin:
        yield f"{origin}/api/open311"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_client_from_the_package_index_reads_everything_unchanged(
    now: Desk, key: str, address: str, form: str
) -> None:
    case = decided(now)
    publish(now, case)
    client = GeoReport(address, jurisdiction=jurisdiction_of(now.city), api_key=key, output_format=form)
    services = client.get_service_list()
    assert [one["service_code"] for one in services] == [one.id for one in every_level(now.city.categories)]
    definition = client.get_service_definition(services[0]["service_code"])
    assert definition["service_code"] == services[0]["service_code"]
    assert definition["attributes"]
    listed: Any = client.get_service_requests(status="closed")
    if form == "xml":
        listed = [listed]  # the client gives one element as itself
    assert [(one["service_request_id"], one["description"], one["status_notes"]) for one in listed] == [
        (case.case_id, *SAID)
    ]
    assert client.get_service_request(case.case_id)["status"] == "closed"


def test_what_a_program_hands_in_is_a_submission_like_any_other(now: Desk, key: str) -> None:
    category = now.city.categories[0]
    area = next(one for one in now.city.areas if one.parent is not None)
    said = {"attribute[area]": area.code, "attribute[may_publish]": "yes", "account_id": "u-7"}
    answer = post(key, lat="23.741", long="114.697", **said)
    assert answer.status_code == 201
    (told,) = read(answer)
    submission = load_submission(told["service_request_id"])
    assert told["account_id"] == "u-7"
    assert vault().code_of(submission.receipt) in told["service_notice"].replace(" ", "")
    assert (submission.channel, submission.area, submission.may_publish) == (Channel.OPEN311, area.code, True)
    assert submission.title == "我家楼下的路灯坏了半个月"
    assert submission.place == "荻洲区滨河路12号 (23.741, 114.697)"
    sealed = load_sealed_petitioner(submission.receipt)
    assert sealed is not None
    petitioner = vault().open_petitioner(sealed, submission.receipt)
    assert (petitioner.name, petitioner.phone) == ("王秀英", "13812345678")
    now.route_all()
    events = [event.payload for event in cases.record_of(submission.case_id)]
    registered = next(one for one in events if isinstance(one, Registered))
    assert registered.category == category.id
    assert "reason.category_chosen" in {one.code for one in registered.reasons}
    assert not [one for one in events if isinstance(one, LeftToClerk) and not one.reasons]


def test_a_name_in_letters_keeps_its_order(key: str) -> None:
    receipt = handed_in(key, first_name="Mary", last_name="Wong")
    sealed = load_sealed_petitioner(receipt)
    assert sealed is not None
    assert vault().open_petitioner(sealed, receipt).name == "Mary Wong"


def test_without_a_name_it_is_anonymous(key: str) -> None:
    assert load_submission(handed_in(key, first_name="", last_name="")).anonymous


def test_the_same_sent_again_after_a_lost_answer_is_filed_once(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.desk.open311.REPEATED_WITHIN", 10**9)  # no test stands on a boundary
    assert handed_in(key) == handed_in(key)
    assert handed_in(key) != handed_in(key, account_id="another person")


def test_another_program_never_learns_of_it(now: Desk, key: str) -> None:
    number = handed_in(key)
    assert read(ask(f"requests/{number}.json", api_key=key))[0]["status"] == "open"
    other = keyed(now, "别的应用")
    for query in ({}, {"api_key": other}):
        assert ask(f"requests/{number}.json", **query).status_code == 404
        assert read(ask("requests.json", service_request_id=number, **query)) == []


def test_who_handed_it_in_sees_where_it_stands_and_none_of_its_words(now: Desk, key: str) -> None:
    number = handed_in(key)
    now.route_all()
    answer = ask(f"requests/{number}.json", api_key=key)
    (told,) = read(answer)
    assert told["service_request_id"] == number
    assert told["expected_datetime"] > told["requested_datetime"]
    assert told["service_code"] == now.city.categories[0].id
    assert told["description"] is None
    for word in ("路灯", "滨河路", "秀英", "138"):
        assert word not in answer.body.decode()


def test_what_its_writer_withdrew_is_closed(now: Desk, key: str) -> None:
    number = handed_in(key)
    tracking.withdraw(number, {"reason": ""}, datetime.now(UTC))
    assert read(ask(f"requests/{number}.json", api_key=key))[0]["status"] == "closed"


def test_an_accusation_is_not_taken_by_a_program_of_others(key: str) -> None:
    before = len(everything())
    answer = post(key, **{"attribute[kind]": "accusation"})
    assert answer.status_code == 400
    assert read(answer)[0]["description"].startswith("attribute[kind]")
    assert len(everything()) == before + 1  # the minute's count of the key


@pytest.mark.parametrize(
    ("said", "status", "named"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "no-such"}, 404, ""),
        ({"jurisdiction_id": "city.gov"}, 404, ""),
        ({"address_string": ""}, 400, "address_string"),
        ({"address_string": "", "lat": "23.7"}, 400, "long"),
        ({"lat": "nan", "long": "1"}, 400, "lat"),
        ({"lat": "91", "long": "1"}, 400, "lat"),
        ({"description": ""}, 400, "description"),
        ({"description": "路" * 5001}, 400, "description"),
        ({"phone": ""}, 400, "phone"),
        ({"email": "nobody"}, 400, "email"),
        ({"address_id": "nowhere"}, 400, "address_id"),
        ({"attribute[kind]": "whatever"}, 400, "attribute[kind]"),
        ({"attribute[may_publish]": "perhaps"}, 400, "attribute[may_publish]"),
        ({"attribute[happened_on]": "2999-01-01"}, 400, "attribute[happened_on]"),
    ],
)
def test_what_cannot_be_taken_is_named_as_the_specification_names_it(
    key: str, said: dict[str, str], status: int, named: str
) -> None:
    answer = post(key, **said)
    assert answer.status_code == status
    (fault,) = read(answer)
    assert fault["code"] == status
    assert fault["description"].startswith(named)


def test_without_a_key_in_force_nothing_is_taken(now: Desk, key: str) -> None:
    for wrong in ("", "wrong", key[:-1], key + "x"):
        assert post(wrong).status_code == 403
    applications.set_enabled(cities.current().applications[0].id, False)
    assert post(key).status_code == 403
    applications.set_enabled(cities.current().applications[0].id, True)
    assert post(key).status_code == 201


def test_a_key_that_hands_in_too_much_is_told_when_to_come_again(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applications, "MOST_A_MINUTE", 0)
    answer = post(key, form="xml")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert texts(fromstring(answer.body), "error/code") == ["429"]


def test_a_refusal_in_xml_is_as_the_specification_has_it(key: str) -> None:
    answer = post("wrong", form="xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    errors = fromstring(answer.body)
    assert errors.tag == "errors"
    assert texts(errors, "error/code") == ["403"]


def test_what_is_posted_as_another_type_is_refused(key: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert request("POST", "/api/open311/requests.json", b"--x--", headers).status_code == 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert request("POST", "/api/open311/requests.json", b"\xff=\xfe", form).status_code == 400
    assert request("POST", "/api/open311/requests.json", b"a=1&" * 101, form).status_code == 400
    assert request("POST", "/api/open311/requests.json", b"a" * 300_000, form).status_code == 413


def test_only_what_the_desk_has_published_is_listed(now: Desk) -> None:
    decided(now, title=ADVICE["title"])
    assert read(ask("requests.json")) == []
    case = decided(now, Outcome.NOT_ADOPTED, place="滨河路3号")
    publish(now, case)
    (told,) = read(ask("requests.json"))
    assert (told["service_request_id"], told["description"], told["status_notes"]) == (case.case_id, *SAID)
    assert (told["lat"], told["expected_datetime"], told["status"]) == (None, None, "closed")
    assert case.receipts[0] not in json.dumps(told)
    assert "滨河路3号" not in json.dumps(told, ensure_ascii=False)
    assert read(ask(f"requests/{case.case_id}.json")) == [told]
    assert ask(f"requests/{case.receipts[0]}.json").status_code == 404


def test_when_the_consent_is_taken_back_it_is_listed_no_more(now: Desk) -> None:
    case = decided(now, may_publish=True)
    publish(now, case)
    tracking.withdraw_consent(case.receipts[0], {}, now.now)
    assert read(ask("requests.json")) == []
    assert ask(f"requests/{case.case_id}.json").status_code == 404
    assert [key for key in everything() if key.startswith("matters#")] == []


def test_the_list_is_asked_by_time_service_status_and_number(now: Desk) -> None:
    case = decided(now)
    publish(now, case)

    def found(**query: str) -> int:
        return len(read(ask("requests.json", **query)))

    at = now.now.astimezone(UTC)
    long_ago, before, after = (f"{at + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (-80, -1, 1))
    assert found(start_date=before, end_date=after) == 1
    assert found(start_date=before) == 1
    assert found(start_date=after) == 0
    assert found(start_date=long_ago, end_date=before) == 0
    assert found(end_date=after) == 1
    assert found(status="open") == 0
    assert found(status="open,closed") == 1
    assert found(service_code="no-such") == 0
    category = cases.load(case.case_id).category
    assert category is None or found(service_code=f"x,{category}") == 1
    assert found(service_request_id=f"{case.case_id},000000000000", start_date=after) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"},
        {"start_date": "2026-03-02"},
        {"end_date": "yesterday"},
        {"start_date": "0001-01-01T00:00:00Z"},
        {"end_date": "9999-12-31T23:59:59-23:00"},
        {"status": "ajar"},
        {"service_request_id": ",".join(str(number) for number in range(51))},
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(table: str, query: dict[str, str]) -> None:
    answer = ask("requests.json", **query)
    assert answer.status_code == 400
    assert read(answer)[0]["description"].split()[0] in query


def test_discovery_says_where_and_whom_to_ask(table: str) -> None:
    told = read(ask("discovery.json"))
    (endpoint,) = told["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/api/open311")
    discovery = fromstring(ask("discovery.xml").body)
    assert texts(discovery, "endpoints/endpoint/formats/format") == ["text/xml", "application/json"]
    assert ask("services.json", jurisdiction_id=jurisdiction_of(cities.current())).status_code == 200


def test_an_address_without_a_known_format_is_not_there(table: str) -> None:
    for place in ("services/roads", "services/roads.yaml", "requests/000000000000.pdf", "requests/%00.json"):
        assert ask(place).status_code == 404


def test_the_administrator_gives_out_a_key_sees_it_once_and_switches_it_off(now: Desk) -> None:
    admin = Visitor(Staff("root", "方圆", Role.ADMINISTRATOR, now.city.desk_unit)).sign_in()
    mailbox = now.mailbox_for(Kind.APPEAL)
    made = admin.get("/console/admin").send("/console/admin/applications", name="随手拍", mailbox=mailbox)
    (application,) = cities.current().applications
    key = made.page.split("<dt>api_key</dt><dd><code>")[1].partition("<")[0]
    handed_in(key)
    page = admin.get("/console/admin").page
    assert key not in page
    assert "已提交1次" in page
    admin.send(f"/console/admin/applications/{application.id}/closure")
    assert post(key).status_code == 403
    refused = admin.get("/console/admin").send("/console/admin/applications", name="", mailbox="no-such")
    assert refused.status == 400
    assert admin.get("/console/admin").send("/console/admin/applications/none/closure").status == 404


def test_no_more_are_listed_at_once_than_the_most(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("建议在公交站加座椅", "建议延长图书馆的开放时间"):
        publish(now, decided(now, title=title, text=f"{title}，方便大家。"))
    both = read(ask("requests.json"))
    assert len(both) == 2
    monkeypatch.setattr(open311, "MOST", 1)
    assert read(ask("requests.json")) == both[:1]
