"""The audit of what is packaged: what is not known is not called sound, and licences fit."""

import json

import pytest

from infra import audit
from infra.audit import Answer, read

SKIPPED: dict[str, object] = {
    "name": "jinja2",
    "skip_reason": "Dependency not found on PyPI: jinja2 (3.1.6)",
}
WEAK: dict[str, object] = {
    "name": "jinja2",
    "version": "3.1.2",
    "vulns": [{"id": "PYSEC-2024-1", "fix_versions": ["3.1.3"], "aliases": ["CVE-2024-22195"], "description": "…"}],
}
SOUND: dict[str, object] = {"name": "msgspec", "version": "0.22.0", "vulns": []}


def said(*found: dict[str, object]) -> Answer | None:
    """What pip-audit writes."""
    return read(json.dumps({"dependencies": list(found), "fixes": []}))


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ([said(SOUND)], audit.SOUND, "1 packages asked for, 0 weak"),
        ([said(SOUND, WEAK)], audit.WEAK, "jinja2 3.1.2: PYSEC-2024-1, mended in 3.1.3"),
        ([said(SOUND, SKIPPED), None], audit.NOT_ASKED, "NOT RUN"),
        ([None, said(SOUND)], audit.SOUND, "0 weak"),
        ([None, None], audit.NOT_ASKED, "NOT RUN"),
    ],
)
def test_what_is_not_known_is_never_called_sound(
    answers: list[Answer | None],
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = dict(zip(audit.SERVICES, [*answers, None], strict=False))
    monkeypatch.setattr(audit, "asked", lambda service: told[service])
    assert audit.main() == code
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["", "Traceback", "[]", '{"dependencies": 5}', "null"])
def test_an_audit_that_broke_off_says_nothing(broken: str) -> None:
    assert read(broken) is None


def test_everything_that_is_packaged_may_be_passed_on() -> None:
    assert len(audit.packaged()) > 10
    assert audit.unfit_licences() == []


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("LGPL-2.1-or-later", True),
        ("License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("Apache-2.0 OR GPL-2.0-only", True),
    ],
)
def test_a_licence_that_asks_for_all_of_ours_does_not_fit(licence: str, may: bool) -> None:
    assert audit.fits(licence) is may
