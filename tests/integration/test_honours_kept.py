"""晒网: how far swift cases are looked for, what is told no longer, and that tables are summed anew to the same."""

import pytest
from msgspec.structs import replace

from chalicelib.desk import honouring
from chalicelib.domain.spans import Span
from chalicelib.storage import cases
from chalicelib.storage.unit_of_work import case_item
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.runs import SUPERVISOR
from tests.integration.test_honours import MARCH, WORDS, approved, counted, good, picked, public, published


def test_only_so_many_swift_cases_are_looked_at_for_one_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {good(desk).case_id, good(desk, **UNCLEAR).case_id}
    counted()
    assert {one.candidate.case_id for one in honouring.room(MARCH, SUPERVISOR).proposals} == found
    monkeypatch.setattr(honouring, "MOST_LOOKED_AT", 1)
    [only] = honouring.room(MARCH, SUPERVISOR).proposals
    assert only.candidate.case_id in found


def test_what_was_approved_and_is_sealed_since_is_told_of_no_longer(desk: Desk) -> None:
    case = good(desk)
    at = published()
    picked(case, at)
    approved(case, at)
    assert [one["sentence"] for one in public("2026-03")["praised"]] == [WORDS]
    case_item(replace(cases.load(case.case_id), sealed=True), at).save()
    assert public("2026-03")["praised"] == []


def test_a_table_that_is_no_longer_kept_is_summed_anew_to_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    good(desk)
    published()
    monkeypatch.setattr(honouring, "MOST_KEPT", 1)
    monkeypatch.setattr(honouring, "_sums", {})
    march = honouring.sums(MARCH)
    assert [one.received for one in march[0] if one.received] == [1]
    assert honouring.sums(Span("2026-02")) == ((), ())
    assert len(honouring._sums) == 1
    assert honouring.sums(MARCH) == march
