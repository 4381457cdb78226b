"""Filing over the wire: what honest people send, and what others do."""

import json

import pytest

from tests.integration.desk import form
from tests.integration.watching import everything, watched
from tests.integration.wire import Page, is_refusal

SUBMISSIONS, TRACKING, UPLOADS = "/api/submissions", "/api/tracking", "/api/uploads"


def test_the_functions_answer_that_they_run(page: Page) -> None:
    assert page.ask("GET", "/api/health").body["up"] is True


@pytest.mark.parametrize("language", ["zh", "en", "zh-CN,zh;q=0.9", "en-GB", "fr", "", "*", "\u00ff" * 10])
def test_the_page_learns_all_it_needs_in_the_readers_language(page: Page, language: str) -> None:
    answer = page.ask("GET", "/api/desk", language=language)
    assert answer.status == 200
    assert {"name", "mailboxes", "kinds", "areas", "limits"} <= set(answer.body)
    assert {"title", "text", "place", "name", "words", "attachments", "attachment_bytes", "attachment_types"} <= set(
        answer.body["limits"]
    )
    assert answer.body["kinds"][0]["name"].isascii() == language.startswith("en")


def test_a_form_gets_its_number_at_once_and_the_same_form_the_same_number(page: Page) -> None:
    body = form()
    first, again = page.post(SUBMISSIONS, body), page.post(SUBMISSIONS, body)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert set(first.body) == {"receipt", "receipt_spoken", "code", "code_spoken", "filed_at", "register_due"}
    assert first.body["receipt_spoken"].replace(" ", "") == first.body["receipt"]
    assert first.headers["cache-control"] == "no-store"


def test_filing_over_the_wire_is_one_transaction_and_one_send(page: Page) -> None:
    page.post(SUBMISSIONS, form())
    with watched() as calls:
        assert page.post(SUBMISSIONS, form()).status == 201
    assert calls == ["TransactWriteItems", "SendMessageBatch"]


def test_the_same_key_with_other_words_is_a_conflict_with_a_word_on_what_to_do(page: Page) -> None:
    body = form()
    page.post(SUBMISSIONS, body)
    answer = page.post(SUBMISSIONS, {**body, "title": "别的"})
    assert answer.status == 409
    assert answer.body["error"]["code"] == "key_used"
    assert is_refusal(answer)


NONSENSE: tuple[object, ...] = (
    5,
    10**300,
    1.5,
    [[]],
    {"$ne": ""},
    "\x00",
    "a\x00b",
    "\ud800",
    "\x1b[2J",
    "长" * 5_001,
    ["\ud800"],
    [None],
)


HOSTILE: list[tuple[str, object]] = [
    (field, value)
    for field in (
        "key",
        "mailbox",
        "kind",
        "title",
        "text",
        "area",
        "place",
        "happened_on",
        "name",
        "phone",
        "email",
        "anonymous",
        "keep_name_from_unit",
        "may_publish",
        "uploads",
    )
    for value in NONSENSE
]


@pytest.mark.parametrize(("field", "value"), HOSTILE)
def test_what_a_field_cannot_hold_is_refused_with_the_field_named_in_both_languages(
    page: Page, field: str, value: object
) -> None:
    said = {}
    for language in ("zh", "en"):
        answer = page.post(SUBMISSIONS, form(**{field: value}), language)
        assert answer.status == 400, answer.body
        assert is_refusal(answer)
        assert answer.fields == {field}
        said[language] = answer.body["error"]["message"]
    assert said["zh"] != said["en"]
    assert not [key for key in everything() if key.startswith(("case#", "receipt#", "outbox#"))]


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "㐂𠮷😀👨‍👩‍👧", "\u202e反过来", "'; DROP TABLE", "{{7*7}}${7*7}", "ไทย"]
)
def test_rare_characters_and_script_are_kept_word_for_word(page: Page, words: str) -> None:
    filed = page.post(SUBMISSIONS, form(title=words, text=words, place=words, name=words))
    assert filed.status == 201
    seen = page.post(TRACKING, {"receipt": filed.body["receipt"], "code": filed.body["code"]})
    assert (seen.body["title"], seen.body["text"]) == (words, words)
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-type"].startswith("application/json")


POSTS = [
    SUBMISSIONS,
    TRACKING,
    UPLOADS,
    f"{SUBMISSIONS}/000000000000/supplements",
    f"{SUBMISSIONS}/000000000000/rating",
    f"{SUBMISSIONS}/000000000000/withdrawal",
]


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a space": b" ",
    "no JSON": b"title=hello",
    "half a JSON": b'{"title": "',
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"5",
    "null": b"null",
    "a huge number": b"9" * 5000,
    "a huge number within": b'{"title": ' + b"9" * 5000 + b"}",
    "no number": b'{"title": NaN}',
    "bad UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "deep nesting": b"[" * 200_000,
    "deep nesting within": b'{"title":' * 50_000,
    "a megabyte": b'{"text": "' + b"a" * 2**20 + b'"}',
    "NUL bytes": b"\x00" * 100,
    "a broken character": b'{"receipt": "\\ud800", "code": "\\ud800", "title": "\\ud800"}',
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_no_form_is_refused_in_words_at_every_address(page: Page, path: str, raw: bytes, language: str) -> None:
    answer = page.ask("POST", path, raw=raw, language=language)
    assert is_refusal(answer), (answer.status, answer.body)
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.body["error"]["message"]) == (language == "zh")


def test_a_key_said_twice_in_one_form_is_no_fault_of_ours(page: Page) -> None:
    raw = json.dumps(page.proven(SUBMISSIONS, form())).replace('{"key"', '{"title": "先说的", "key"', 1).encode()
    assert page.ask("POST", SUBMISSIONS, raw=raw).status == 201


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_of_another_type_is_refused(page: Page, path: str, content_type: str) -> None:
    headers = {"Content-Type": content_type, "Accept-Language": "zh"}
    answer = page.client.http.request("POST", path, headers=headers, body=b"{}")
    assert answer.status_code == 415
    assert "application/json" in answer.json_body["error"]["message"]
    assert "请求" in answer.json_body["error"]["message"]


@pytest.mark.parametrize("ticket", ["x.y", "zz", "\ud800.\ud800", "7b7d.\udfff", "", "." * 10_000, "7b7d.AAAA"])
def test_a_forged_ticket_is_refused_by_name(page: Page, ticket: str) -> None:
    answer = page.post(SUBMISSIONS, form(uploads=[ticket]))
    assert answer.status == 400
    assert answer.fields == {"uploads"}
    assert is_refusal(answer)


def test_leave_to_upload_comes_with_all_the_page_must_send(page: Page) -> None:
    answer = page.post(UPLOADS, {"name": "现场.png", "type": "image/png", "size": 1000})
    assert answer.status == 201
    assert set(answer.body) == {"upload", "url", "fields"}
    filed = page.post(SUBMISSIONS, form(uploads=[answer.body["upload"]]))
    assert filed.status == 201
    seen = page.post(TRACKING, {"receipt": filed.body["receipt"], "code": filed.body["code"]})
    assert [(file["name"], file["state"]) for file in seen.body["attachments"]] == [("现场.png", "checking")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("type", "text/html"), ("size", 2**40), ("size", "1"), ("name", ""), ("name", "\ud800"), ("type", ["a"])],
)
def test_leave_to_upload_is_refused_by_field_in_both_languages(page: Page, field: str, value: object) -> None:
    for language in ("zh", "en"):
        answer = page.post(UPLOADS, {"name": "a.png", "type": "image/png", "size": 1, field: value}, language)
        assert answer.status == 400
        assert answer.fields == {field}
        assert is_refusal(answer)
