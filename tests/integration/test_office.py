"""An office makes the desk its own: its city, its first administrator."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

import chalicelib.city
from chalicelib.city import default_city
from chalicelib.desk import agencies, applications, cities, signing_in
from chalicelib.domain.calendar import CalendarDay
from chalicelib.domain.letterhead import Letterhead
from chalicelib.domain.talk_hours import TalkHours
from chalicelib.domain.terms import Terms
from chalicelib.domain.words import Role
from chalicelib.storage.accounts import load_account
from infra import office

PASSWORD = "a long enough word"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The default city's files, to be changed."""
    for file in Path(chalicelib.city.__file__).parent.glob("*.json"):
        shutil.copy(file, tmp_path)
    return tmp_path


def changed(folder: Path, file_name: str, /, **values: object) -> None:
    """Change one file's object, or the first of its objects."""
    file = folder / file_name
    content = json.loads(file.read_text("utf-8"))
    (content[0] if isinstance(content, list) else content).update(values)
    file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The command, as it is typed. This process is part of the desk already."""
    monkeypatch.setattr("sys.argv", ["office", "--stack", "sunlight", *words])
    monkeypatch.setattr(office, "become_part_of", lambda _: None)
    return office.main()


def test_an_office_puts_its_own_city_in_force_and_keeps_its_agencies(
    table: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = agencies.add_agency({"name": "省信访局", "mailbox": "petitions"})
    before = cities.refreshed().version
    changed(folder, "city.json", name={"zh": "河源市", "en": "Heyuan"}, version=1)
    assert run(monkeypatch, "city", str(folder)) == 0
    city = cities.refreshed()
    assert (city.name.zh, city.version, city.agencies) == ("河源市", before + 1, (agency,))
    assert "河源市" in capsys.readouterr().out


def test_what_was_set_in_the_console_stays_when_the_city_is_redrawn(
    table: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, "city", str(folder)) == 0
    talk = TalkHours(always=True, phrases=("请讲。",))
    head = Letterhead(issuer="河源市信访局", word="河信访报", addressed_to="市委", copies_to="", hours="")
    days = (CalendarDay(date(2026, 12, 31), working=False, note="停电"),)
    set_there = cities.change(
        lambda city: replace(
            city,
            talk=talk,
            letterhead=head,
            days=days,
            years=(2026,),
            campaign_public=False,
            terms=Terms(most_extended=20),
        )
    )
    agencies.add_agency({"name": "省信访局", "mailbox": "petitions"})
    applications.add({"name": "市政热线", "mailbox": cities.current().mailboxes[0].id})
    before = cities.refreshed()
    changed(folder, "areas.json", name={"zh": "河源市", "en": "Heyuan"})
    changed(folder, "city.json", campaign_public=True, terms={"most_extended": 25})
    assert run(monkeypatch, "city", str(folder)) == 0
    city = cities.refreshed()
    assert city.areas != set_there.areas
    assert city == replace(before, areas=city.areas, version=before.version + 1)


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("units.json", {"area": "999999"}, "answers for 999999"),
        ("units.json", {"level": "galaxy"}, "units.json"),
        ("mailboxes.json", {"keeper": "nobody"}, "kept by nobody"),
        ("city.json", {"mood": "good"}, "city.json"),
    ],
)
def test_a_city_that_does_not_hold_together_changes_nothing(
    table: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    values: dict[str, object],
    why: str,
) -> None:
    changed(folder, name, **values)
    assert run(monkeypatch, "city", str(folder)) == 1
    assert why in capsys.readouterr().err
    assert cities.refreshed() == default_city()


def test_a_missing_file_changes_nothing(
    table: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "units.json").unlink()
    assert run(monkeypatch, "city", str(folder)) == 1
    assert "units.json" in capsys.readouterr().err


def test_the_first_administrator_can_sign_in(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    assert run(monkeypatch, "administrator", "li.hua", "李华") == 0
    account = load_account("li.hua")
    assert account is not None
    assert account.staff.role is Role.ADMINISTRATOR
    assert signing_in.sign_in("li.hua", PASSWORD, "203.0.113.9", datetime.now(UTC))


@pytest.mark.parametrize("typed", [["short", "short"], [PASSWORD, "another word"]])
def test_a_password_that_cannot_be_taken_opens_no_account(
    table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: list[str]
) -> None:
    words = iter(typed)
    monkeypatch.setattr("getpass.getpass", lambda _: next(words))
    assert run(monkeypatch, "administrator", "li.hua", "李华") == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert load_account("li.hua") is None
