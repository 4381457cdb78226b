"""Other agencies refer petitions to us by signed webhooks, through the whole application."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from chalice.config import Config
from chalice.local import LocalDevServer
from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.written import place_of, words_of
from chalicelib.domain.city import Agency, Name
from chalicelib.domain.words import Channel, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from tests.integration.agency import NUMBER, SECRETS, Asked, Sender, petition
from tests.integration.desk import CLEAR, Desk
from tests.integration.watching import everything, in_plain


def filed() -> dict[str, Any]:
    """Everything in the table but the ids that were used up, and how many requests came."""
    return {key: item for key, item in everything().items() if not key.startswith(("spent#", "count#"))}


def test_a_higher_desk_refers_a_petition_and_gets_our_number(province: Sender) -> None:
    answer = province.refer(place="人民路口", happened_on="2026-01-05", keep_name_from_unit=True)
    assert answer.status == 201
    slip = {"receipt", "receipt_spoken", "code", "code_spoken", "filed_at", "register_due"}
    assert set(answer.body) == slip | {"case", "your_number"}
    assert answer.body["your_number"] == NUMBER
    assert answer.body["receipt_spoken"].replace(" ", "") == answer.body["receipt"]
    submission = load_submission(answer.body["receipt"])
    assert (submission.channel, submission.agency, submission.agency_number) == (Channel.AGENCY, "province", NUMBER)
    assert (*words_of(submission), place_of(submission)) == (CLEAR["title"], CLEAR["text"], "人民路口")
    assert str(submission.happened_on) == "2026-01-05"
    assert (submission.keep_name_from_unit, submission.anonymous) == (True, False)
    assert "王秀英" not in in_plain()
    assert cases.load(answer.body["case"]).state is State.RECEIVED


def test_the_same_number_again_is_the_same_petition_filed_once(province: Sender, desk: Desk) -> None:
    first = province.refer()
    before = filed()
    again = province.refer()
    assert (again.status, again.body) == (200, first.body)
    assert filed() == before
    desk.later(seconds=1).route_all()
    assert province.refer().body == first.body, "also when it is long on its way"


def test_the_same_number_with_other_content_is_a_conflict_and_changes_nothing(province: Sender) -> None:
    province.refer()
    before = filed()
    for change in ({"title": "别的"}, {"kind": "advice"}, {"petitioner": None}, {"may_publish": True}):
        answer = province.refer(**change)
        assert (answer.status, answer.code) == (409, "key_used")
        assert answer.refused
    assert filed() == before


def test_two_agencies_may_have_the_same_number_for_two_petitions(province: Sender, county: Sender) -> None:
    ours, theirs = province.refer(), county.refer(title="另一件")
    assert (ours.status, theirs.status) == (201, 201)
    assert ours.body["receipt"] != theirs.body["receipt"]


@pytest.mark.parametrize(("body", "statuses"), [(petition(), [201, 200]), (b"{}", [400, 400])])
def test_a_replay_of_the_same_request_answers_the_same(province: Sender, body: bytes, statuses: list[int]) -> None:
    headers = province.signed(body)
    first, again = province.post(body, headers), province.post(body, headers)
    assert [first.status, again.status] == statuses
    assert first.body == again.body


def test_an_id_stands_for_one_request_and_for_no_second(province: Sender, county: Sender) -> None:
    assert province.post(petition(), province.signed(petition(), "msg_once")).status == 201
    before = filed()
    other = province.post(petition(number="2"), province.signed(petition(number="2"), "msg_once"))
    assert (other.status, other.code) == (409, "key_used")
    assert other.refused
    assert filed() == before
    assert county.post(petition(), county.signed(petition(), "msg_once")).status == 201, "each agency has its own ids"


def test_a_captured_question_cannot_be_turned_to_another_petition(province: Sender) -> None:
    province.refer()
    province.refer(number="2", title="另一件")
    asked = province.signed(b"")
    told = [province.send("GET", f"{province.path}/{quote(number)}", b"", asked) for number in (NUMBER, NUMBER, "2")]
    assert [answer.status for answer in told] == [200, 200, 409]


def test_who_did_not_sign_is_not_known_whether_there_is_such_an_agency_or_not(province: Sender, county: Sender) -> None:
    before = everything()
    public = "whsec_bm9ib2R5IGhhcyB0aGlzIHNlY3JldCwgaXQgaXMgcHVibGlj"
    strangers = [replace(county, agency=agency) for agency in ("province", "nobody", "%E7%9C%81", "x" * 3000)]
    told = [answer for one in (*strangers, replace(county, agency="nobody", secret=public)) for answer in both(one)]
    told.append(province.post(petition(), province.signed(petition(title="别的"))))
    told.append(province.post(petition(), {**province.signed(petition()), "webhook-id": "msg_other"}))
    assert {json.dumps(answer.body) for answer in told} == {json.dumps(told[0].body)}
    assert {answer.status for answer in told} == {401}
    assert (told[0].code, told[0].fields) == ("unverified", {"webhook-signature"})
    assert told[0].refused
    assert everything() == before


def both(sender: Sender) -> tuple[Asked, Asked]:
    """What an agency can do."""
    return sender.refer(), sender.ask()


@pytest.mark.parametrize(
    "off", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=-30), timedelta(days=9999)]
)
def test_what_is_too_old_or_of_tomorrow_is_refused_by_its_time(province: Sender, off: timedelta) -> None:
    before = everything()
    answer = province.post(petition(), province.signed(petition(), at=datetime.now(UTC) + off))
    assert (answer.status, answer.fields) == (401, {"webhook-timestamp"})
    assert answer.refused
    assert everything() == before


MALFORMED = [
    ("webhook-id", ["", " ", "a b", "编号".encode().decode("latin-1"), "a\x00b", "x" * 201]),
    (
        "webhook-timestamp",
        ["", "yesterday", "-1", "1.5", "1e9", "NaN", "１７", "9" * 13, "2026-03-02T01:00:00Z", "1\n"],
    ),
    ("webhook-signature", ["", "v1", "v1,", "v1,é", "v1,a", "v1,a,b", "  ", "v2,abcd", "x" * 5000]),
]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in MALFORMED for value in values])
def test_a_header_that_is_missing_or_malformed_is_named_in_both_languages(
    province: Sender, name: str, value: str
) -> None:
    before = everything()
    said = {}
    for language in ("zh", "en"):
        answer = replace(province, language=language).post(petition(), {**province.signed(petition()), name: value})
        assert answer.status in (400, 401)
        assert answer.fields == {name}
        assert answer.refused
        said[language] = answer.body["error"]["message"]
    assert said["en"] != said["zh"]
    assert not any("\u4e00" <= char <= "\u9fff" for char in said["en"])
    assert everything() == before


def test_who_sends_no_header_at_all_is_told_of_all_three(province: Sender) -> None:
    answer = province.send("POST", province.path, petition(), {})
    assert (answer.status, answer.fields) == (400, {"webhook-id", "webhook-timestamp", "webhook-signature"})


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"number=1",
    "half a JSON": petition()[:-1],
    "a list": b"[]",
    "null": b"null",
    "NUL": b"\x00" * 100,
    "bad UTF-8": petition().replace(b"appeal", b"\xff\xfe"),
    "a megabyte": petition(text="长" * 2**18),
    "deep nesting": b'{"number":' * 50_000,
    "a huge number": b'{"number": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_what_is_no_petition_is_refused_in_words_and_nothing_is_filed(province: Sender, body: bytes) -> None:
    before = filed()
    for sender in (province, replace(province, language="en"), replace(province, secret=SECRETS["county"])):
        assert sender.post(body).refused
    assert filed() == before


NONSENSE: tuple[object, ...] = (5, True, [[]], {"$ne": ""}, "\x00", "a\x00b", "\ud800", "\x1b[2J", "长" * 5_001)
TEXTS = ("number", "kind", "title", "text", "area", "place", "happened_on")
FLAGS = ("anonymous", "keep_name_from_unit", "may_publish")


@pytest.mark.parametrize("value", NONSENSE)
def test_what_a_field_cannot_hold_is_refused_by_the_name_that_the_agency_gave_it(
    province: Sender, value: object
) -> None:
    before = filed()
    for field in (*TEXTS, *(FLAGS if value is not True else ())):
        answer = province.refer(**{field: value})
        assert (answer.status, answer.fields) == (400, {field})
        assert answer.refused
    for field in ("name", "phone", "email"):
        answer = province.refer(petitioner={"name": "王秀英", "phone": "13812345678", field: value})
        assert (answer.status, answer.fields) == (400, {f"petitioner.{field}"})
    if not isinstance(value, dict):
        assert province.refer(petitioner=value, anonymous=True).fields == {"petitioner"}
    assert filed() == before


def test_all_that_is_wrong_is_said_at_once(province: Sender) -> None:
    answer = replace(province, language="en").refer(number="", title=5, area="0", petitioner={"phone": "x"})
    assert answer.fields == {"number", "title", "area", "petitioner.name", "petitioner.phone"}
    assert answer.refused


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "㐂𠮷😀👨‍👩‍👧", "{{7*7}}'; DROP TABLE", "2026/118?a=b#c%2F+ d"]
)
def test_rare_characters_and_script_are_kept_word_for_word_also_in_the_number(province: Sender, words: str) -> None:
    answer = province.refer(number=words, title=words, text=words, place=words)
    assert (answer.status, answer.body["your_number"]) == (201, words)
    submission = load_submission(answer.body["receipt"])
    assert (*words_of(submission), place_of(submission)) == (words, words, words)
    assert province.ask(words).body["receipt"] == answer.body["receipt"]


def test_a_number_is_found_however_its_letters_are_composed(province: Sender) -> None:
    answer = province.refer(number=" Cafe\u0301-1 ")
    assert answer.body["your_number"] == "Caf\u00e9-1"
    assert {province.ask(number).status for number in (" Cafe\u0301-1 ", "Caf\u00e9-1")} == {200}


def test_who_has_no_name_is_anonymous_and_still_told(province: Sender) -> None:
    nobody = province.refer(number="1", petitioner=None)
    reached = province.refer(number="2", petitioner={"name": "王秀英", "phone": "13812345678"}, anonymous=True)
    assert (nobody.status, reached.status) == (201, 201)
    assert all(load_submission(answer.body["receipt"]).anonymous for answer in (nobody, reached))
    assert province.refer(number="3", petitioner=None, anonymous=False).fields == {
        "petitioner.name",
        "petitioner.phone",
    }


def test_an_agency_that_was_entered_just_now_is_known_to_every_function(province: Sender, desk: Desk) -> None:
    here = cities.known()
    township = Agency("township", Name("镇", "Township"), SECRETS["county"], here.agencies[0].mailbox)
    cities.change(lambda city: replace(city, agencies=(township,)))
    cities.use(here)  # another function has not heard of it
    assert replace(province, agency="township", secret=SECRETS["county"]).refer().status == 201
    assert province.refer().status == 401, "nor is who was struck off taken any longer once it has"


def test_the_example_of_the_documentation_refers_a_petition_over_http(province: Sender) -> None:
    page = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
    example: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], example)
    with serving() as origin:
        url = f"{origin}{province.path}"
        referred = example["send"]("POST", url, petition(number="1").decode(), province.secret, "msg_example_1")
        standing = example["send"]("GET", f"{url}/1", "", province.secret, "msg_example_2")
    promised = [json.loads(one) for one in re.findall(r"```json\n(\{\"receipt\".*?)```", page, re.DOTALL)]
    assert [set(one) for one in promised] == [set(referred), set(standing)]
    assert standing["case"] == referred["case"]


@contextmanager
def serving() -> Iterator[str]:
    """The application at an address of this machine."""
    from app import app

    server = LocalDevServer(app, Config(), "127.0.0.1", 0).server
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
