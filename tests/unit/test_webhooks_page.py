"""The documentation of outgoing webhooks keeps to the schemas that are served, and so do the bodies."""

import re
from pathlib import Path

from chalicelib.desk.told import EVENTS, Ping, SealedWarned, Thin, Told, Warned
from chalicelib.domain.hook_health import BUSY, GONE, LEFT_ALONE_AFTER, PROBED
from chalicelib.domain.hooks import LONGEST_ASKED, PAUSES, PING, STEP_TYPES, WARNING_TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
OURS = PAGE.partition("## The desk tells you")[2].partition("## You refer a petition")[0]
NAMED = set(re.findall(r"`([^`\n]+)`", OURS))


def test_every_type_is_documented_and_no_other() -> None:
    types = {one for one in NAMED if re.fullmatch(r"(case|warning|test)\.[a-z_]+", one)}
    assert types == {*STEP_TYPES, *WARNING_TYPES, PING}


def test_every_field_and_every_shape_is_documented() -> None:
    for shape in (Told, Warned, SealedWarned, Thin, Ping):
        assert set(shape.__struct_fields__) <= NAMED, shape.__name__
    assert {one.__name__ for one in EVENTS} - {"PingEvent"} <= NAMED


def test_a_sealed_warning_and_a_thin_event_are_documented_to_the_field() -> None:
    sealed = OURS.partition("`SealedWarningEvent`)")[2].partition("and nothing else")[0]
    assert set(re.findall(r"`(\w+)`", sealed)) == set(SealedWarned.__struct_fields__)
    thin = OURS.partition("(`ThinEvent`), `data` has")[2].partition("and nothing else")[0]
    assert set(re.findall(r"`(\w+)`", thin)) == set(Thin.__struct_fields__)


def test_the_numbers_on_the_page_are_the_code_s() -> None:
    assert len(PAUSES) + 1 == 10
    assert "**Ten tries**" in OURS
    assert "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h" in OURS
    assert f"up to {LONGEST_ASKED.total_seconds() / 3600:.0f} hours" in OURS
    assert LEFT_ALONE_AFTER == 5
    assert [pause.total_seconds() / 60 for pause in PROBED] == [5, 30, 60]
    assert f"| {GONE} |" in OURS
    assert f"| {', '.join(str(one) for one in sorted(BUSY))} |" in OURS
