"""An office makes the desk its own: its city, its first administrator."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import chalicelib.city
from chalicelib.city import default_city
from chalicelib.desk import agencies, cities, signing_in
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
