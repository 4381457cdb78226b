"""`make year`: what it loads is what the desk's own commands write, and what it prints is what lies there."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from chalicelib.desk import (
    after_reply,
    cities,
    committing,
    handling,
    publishing,
    routing,
    submitting,
    supervising,
    timing,
    tracking,
)
from chalicelib.desk.committing import Step
from chalicelib.desk.vault import vault
from chalicelib.domain import events as happened
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.events import CITIZEN, Event
from chalicelib.domain.messages import AnyMessage, Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Channel, Role
from chalicelib.gateways import queues
from chalicelib.storage import cases
from chalicelib.storage.keys import outbox_key
from chalicelib.storage.table import DeskItem
from infra.package import ROOT
from infra.year.city import city_of_the_year
from infra.year.course import live
from infra.year.living import Life
from infra.year.loading import items_of_life, load
from infra.year.marginals import COUNTIES, scaled
from infra.year.measuring import measure
from infra.year.plan import plan
from infra.year.running import figures, run
from infra.year.writing import write
from tests.integration.watching import everything

SEED = 5
SOME = Fraction(1, 25)
TINY = Fraction(1, 900)
PROMPT = timedelta(microseconds=1)


@pytest.fixture
def salted(table: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Salts that come in the same order each time they are begun anew; and what is sent is acted upon at once."""
    numbers: list[Iterator[int]] = [itertools.count()]

    def send(messages: list[tuple[AnyMessage, str]]) -> None:
        for message, _ in messages:
            if message.topic is not Topic.ROUTING:
                DeskItem(*outbox_key(message.id)).delete()

    monkeypatch.setattr(committing, "new_salt", lambda: f"{next(numbers[0]):032x}")
    monkeypatch.setattr(submitting, "new_salt", lambda: f"{next(numbers[0]):032x}")
    monkeypatch.setattr(queues, "send", send)
    cities.use(city_of_the_year())

    def anew() -> None:
        numbers[0] = itertools.count()

    return anew


def test_what_is_loaded_is_item_by_item_what_the_desks_commands_write_for_the_same_lives(
    salted: Callable[[], None],
) -> None:
    expected: dict[str, dict[str, Any]] = {}
    lives = _lives_in_which_everything_happens(salted)
    for life in lives:
        expected |= {f"{item.pk} {item.sk}": item.serialize() for item in items_of_life(life)}
        salted()
        for step in life.steps:
            _taken_by_the_desk(life, step)
    left_out = ("band#", "settings ", "outbox#routing.")
    written = {key: item for key, item in everything().items() if not key.startswith(left_out)}
    assert written.keys() == expected.keys()
    for key, item in written.items():
        if key.endswith(" petitioner"):  # encrypted anew each time
            receipt = key.split("#")[1].split()[0]
            one, other = (vault().open_petitioner(sealed["body"]["S"], receipt) for sealed in (item, expected[key]))
            assert one == other
        else:
            assert _in_order(item) == _in_order(expected[key]), key


def _lives_in_which_everything_happens(anew: Callable[[], None]) -> list[Life]:
    """A few letters of the year, with each kind of step that is taken in it."""
    chosen: list[Life] = []
    seen: set[str] = set()
    for letter in plan(SOME, SEED):
        if letter.person != letter.number:
            continue
        anew()
        written = write(letter, SEED)
        life = live(letter, written, vault().receipt_of(written.form.key), SEED)
        kinds = {event.kind for step in life.steps for event in step.events}
        if kinds - seen:
            seen |= kinds
            chosen.append(life)
    assert {"Returned", "ExtensionGranted", "ReworkOrdered", "DecisionPublished", "BacklogEntered"} <= seen
    return chosen


def _in_order(item: dict[str, Any]) -> dict[str, Any]:
    """A set has no order, but its writing has."""
    return {**item, "facts": sorted(item["facts"]["SS"])} if "facts" in item else item


def _taken_by_the_desk(life: Life, step: Step) -> None:
    """The command by which a person, a queue's function or the sweep takes the step."""
    at = step.after.moved_at
    by_somebody = [event for event in step.events if event.by.role is not Role.DESK]
    if step.before is None:
        receipt = submitting.file(life.written.form, at, Channel.WEB, CITIZEN)
        assert receipt.number == life.receipt
    elif isinstance(step.events[0].payload, happened.Registered):
        routing.route(Message(Topic.ROUTING, step.after.case_id, 1), at, join=False)
    elif not by_somebody:
        assert supervising.sweep(at).moved == 1
    else:
        _done(life, by_somebody[0], step)
    assert cases.load(step.after.case_id) == step.after


def _done(life: Life, event: Event, step: Step) -> None:
    by, at = event.by, event.at
    staff = Staff(by.id, by.name, by.role, by.unit)
    version = cases.load(event.case_id).version
    who = (event.case_id, version, staff, at)
    match event.payload:
        case happened.Accepted():
            handling.accept(*who)
        case happened.Dispatched(unit=unit):
            handling.dispatch(*who, unit)
        case happened.Returned(ground=ground):
            handling.return_to_desk(*who, ground)
        case happened.Signed():
            handling.sign(*who)
        case happened.Noted(text, public):
            handling.note(*who, text, public)
        case happened.ExtensionAsked(reason=reason, days=days):
            timing.ask_extension(*who, reason, days)
        case happened.ExtensionEndorsed():
            timing.endorse_extension(*who)
        case happened.ExtensionGranted():
            timing.grant_extension(*who)
        case happened.Drafted(text=text, outcome=outcome, done_by=done_by):
            done_on = None if done_by is None else (done_by - PROMPT).astimezone(SHANGHAI).date()
            handling.draft(*who, text, outcome, done_on)
        case happened.Replied():
            handling.reply(*who)
        case happened.Rated(receipt, solved, attitude, satisfaction, words):
            said = {"solved": solved, "attitude": attitude, "satisfaction": satisfaction, "words": words}
            tracking.rate(receipt, said, at)
        case happened.CalledBack(reached=reached, words=words):
            after_reply.call_back(*who, reached, None, None, words)
        case happened.ReworkOrdered(ground=ground, words=words):
            after_reply.rework(*who, ground, words)
        case happened.DecisionPublished(title=title, text=text):
            publishing.publish_decision(*who, title, text)
        case happened.DecisionWithheld(words=words):
            publishing.withhold_decision(*who, words)
        case other:
            raise AssertionError(f"who takes {other}?")


def test_the_same_seed_gives_the_same_steps_on_any_table(table: str) -> None:
    def lives() -> list[tuple[object, ...]]:
        load([], SEED, workers=0)
        written = [(letter, write(letter, SEED)) for letter in plan(TINY, SEED)]
        lived = [live(letter, form, vault().receipt_of(form.form.key), SEED) for letter, form in written]
        events = (event for life in lived for step in life.steps for event in step.events)
        return [(event.case_id, event.at, event.by, event.kind, event.payload) for event in events]

    once = [line for line in lives() if line[3] != "Filed"]  # which holds a salted digest
    for name in ("key", "city"):
        DeskItem("settings", name).delete()
    vault.cache_clear()
    assert [line for line in lives() if line[3] != "Filed"] == once


def test_a_tiny_year_is_loaded_swept_scored_and_counted_to_the_last_letter(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "send", queues.send)  # which is overheard
    year = run(TINY, SEED, 2, measure, workers=0)  # moto takes its time for each of 1,968 ledgers
    printed = figures(year, year)
    expected = scaled(TINY)
    assert printed["cases"] == expected.cases
    assert printed["mailboxes"] == 1020
    for place, row in dict(printed["counties"]).items():  # type: ignore[call-overload]
        assert (row["received"], row["handled"]) == (expected.received(place), expected.handled[place])
    assert printed["on_time"] == expected.on_time
    assert printed["advice"] == expected.advice
    assert printed["secretary_in_person"] == expected.in_person
    assert year.measured.scoring.items_read >= 2 * year.units
    assert year.counted.unit_month_cases > year.counted.cases / 6
    assert sum(sweep.due for sweep in year.measured.sweeps) > 0


def test_the_command_prints_one_object_of_a_fraction_and_its_growth_from_a_tenth() -> None:
    printed = _command(FRACTION="0.005", SEED="3", MONTHS="1")
    assert list(printed["counties"]) == list(COUNTIES)
    for row in printed["counties"].values():
        assert row["rate"] == round(100 * row["handled"] / row["received"], 2)
    assert printed["cases"] == 213
    assert printed["peak_mb"] <= 256
    assert set(printed["growth"]) == {"reads_per_due", "reads_per_scored_case", "peak_mb"}
    assert set(printed["seconds"]) == {"load", "sweep", "score"}
    assert printed["tenth"]["cases"] == 21
    assert printed["sweep"]["due"] == sum(printed["sweeps"].values())


@pytest.mark.parametrize(
    "setting", [{"FRACTION": "2"}, {"FRACTION": "x"}, {"FRACTION": "0.0001"}, {"SEED": "-1"}, {"MONTHS": "13"}]
)
def test_a_setting_that_cannot_be_taken_ends_with_its_name(setting: dict[str, str]) -> None:
    done = _run(setting)
    assert done.returncode == 2
    assert next(iter(setting)) in done.stderr
    assert not done.stdout


def _command(**settings: str) -> dict[str, Any]:
    done = _run(settings)
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def _run(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "infra.year"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
