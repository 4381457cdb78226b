"""The citizens' site says everything in both languages, and its scripts ask for no words that it does not have."""

import re
from pathlib import Path
from string import Formatter

import pytest

from chalicelib.domain.receptions import BookingState
from infra import site

SCRIPTS = sorted((site.SOURCE / "assets" / "scripts").glob("*.js"))
COMMENT = re.compile(r"^\s*(?://|/\*\*).*$", re.MULTILINE)
SAID = re.compile(r"""["'`](js\.[\w.]+)["'`]""")


def places(text: str) -> set[str]:
    """The places of a message."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_messages_with_the_same_places() -> None:
    chinese, english = site.catalogue("zh"), site.catalogue("en")
    assert set(chinese) == set(english)
    assert [key for key in chinese if places(chinese[key]) != places(english[key])] == []
    assert [key for key, text in (*chinese.items(), *english.items()) if not text.strip()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_finds_every_message_that_it_says(script: Path) -> None:
    code = COMMENT.sub("", script.read_text(encoding="utf-8"))
    assert set(SAID.findall(code)) <= set(site.catalogue("zh"))


def test_the_page_of_receptions_has_words_for_every_state_of_a_booking() -> None:
    assert {f"js.booking.{state}" for state in BookingState} <= set(site.catalogue("zh"))


@pytest.mark.parametrize("place", site.PLACES.values())
def test_receptions_and_decisions_are_built_and_reached_from_every_page(place: str, tmp_path: Path) -> None:
    site.build(tmp_path)
    for page in site.PAGES:
        text = (tmp_path / place / page).read_text(encoding="utf-8")
        assert f"{place}receptions.html" in text, page
        assert f"{place}decisions.html" in text, page
    decisions = (tmp_path / place / "decisions.html").read_text(encoding="utf-8")
    assert 'href="#adopted"' in decisions
    assert decisions.index("#adopted") < decisions.index("#not_adopted"), "what was adopted comes first"
    page = (tmp_path / place / "receptions.html").read_text(encoding="utf-8")
    for field in ("name", "phone", "people", "about", "number", "code", "sure"):
        assert f'name="{field}"' in page
    assert "{" not in re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("place", site.PLACES.values())
def test_the_backlog_campaign_is_reached_from_the_first_page_and_from_how_it_works(place: str, tmp_path: Path) -> None:
    site.build(tmp_path)
    for page in ("index.html", "about.html"):
        main = (tmp_path / place / page).read_text(encoding="utf-8").partition("<main")[2].partition("</main>")[0]
        assert 'href="campaign.html"' in main
    page = (tmp_path / place / "campaign.html").read_text(encoding="utf-8")
    assert "campaign.js" in page
    assert "noscript" in page
