"""The document of the API: of every route and no other, served in both languages, and true of what is read."""

from collections.abc import Iterator

import msgspec
import pytest
import schemathesis

from app import app
from chalicelib.desk import submitting
from chalicelib.domain.georeport import as_form, service_of
from chalicelib.entrypoints.answers import STATUS
from chalicelib.entrypoints.contract import PROMISES
from chalicelib.entrypoints.forms import ReferralForm, SubmissionForm
from chalicelib.entrypoints.open311_views import HandedIn
from chalicelib.web.messages import LANGUAGES
from tests.integration.agency import Sender, petition
from tests.integration.desk import Desk, form
from tests.integration.promised import document
from tests.integration.wire import Page


class Noting(dict[str, object]):
    """What was sent, and which of it was looked at."""

    def __init__(self, sent: dict[str, object]) -> None:
        super().__init__(sent)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, other: object = None) -> object:
        """As a dict's."""
        self.read.add(name)
        return super().get(name, other)


def encoded(struct: type[msgspec.Struct]) -> set[str]:
    """The names of a struct's fields in JSON."""
    return {field.encode_name for field in msgspec.structs.fields(struct)}


def routes() -> Iterator[tuple[str, str]]:
    """Every route of the application that is no page of the console, nor described by a standard of its own."""
    elsewhere = ("/console", "/.well-known")
    return ((method, path) for path, by in app.routes.items() for method in by if not path.startswith(elsewhere))


def test_every_route_is_promised_and_every_promise_is_kept() -> None:
    assert set(routes()) == set(PROMISES)


def test_operations_have_names_of_their_own_and_refuse_by_known_codes() -> None:
    assert len({one.name for one in PROMISES.values()}) == len(PROMISES)
    for one in PROMISES.values():
        assert set(one.refuses) <= {*STATUS, "rule"}, one.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_served_in_the_readers_language(page: Page, language: str) -> None:
    answer = page.ask("GET", "/openapi.json", language=language)
    assert answer.body["openapi"].startswith("3.1.")
    assert {(method.upper(), path) for path, by in answer.body["paths"].items() for method in by} == set(routes())
    summary = {"zh": "查询办理情况", "en": "How a submission stands"}[language]
    assert answer.body["paths"]["/api/tracking"]["post"]["summary"] == summary
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_the_document_is_a_valid_one() -> None:
    schemathesis.openapi.from_dict(document(strict=False)).validate()


def test_what_a_page_may_send_is_what_the_desk_reads(desk: Desk) -> None:
    sent = Noting({**form(), "joint": True, "signers": "张三,13900000001"})
    submitting.submit(sent, "zh", desk.now)
    assert sent.read | {"proof"} == encoded(SubmissionForm)  # the gate reads that one


def test_what_a_program_of_others_may_send_is_what_the_desk_reads(desk: Desk) -> None:
    sent = Noting({"description": "路灯坏了。", "address_string": "滨河路"})
    as_form(sent, service_of(desk.city.categories[0].id, desk.city), "any")  # type: ignore[arg-type]
    elsewhere = {"service_code", "api_key", "jurisdiction_id", "account_id"}
    for_nothing = {"device_id", "media_url"}
    assert sent.read | elsewhere | for_nothing == encoded(HandedIn)


def test_an_agency_may_say_all_that_the_document_names(province: Sender) -> None:
    told = set(msgspec.json.decode(petition()))
    assert told <= encoded(ReferralForm)
    flags = {"anonymous": False, "keep_name_from_unit": True, "may_publish": True}
    assert province.refer(**flags, happened_on="2026-01-02", place="滨河路").status == 201
