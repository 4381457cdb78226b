"""The threat model names, for each threat, the test that holds its defence: it is there, and STRIDE is whole."""

import re

from infra.package import ROOT

ROW = re.compile(r"^\| ([STRIDE]) \| (.+?) \| (.+?) \| (test_\w+)(?:: (test_\w+))? \|$")
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [found.groups() for line in PAGE.splitlines() if (found := ROW.match(line))]


def test_every_threat_has_a_defence_and_a_test_that_is_there() -> None:
    files = {file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py")}
    for _, threat, _, file, name in ROWS:
        assert file in files, threat
        assert name is None or re.search(rf"^def {name}\(", files[file], re.MULTILINE), (threat, name)


def test_no_row_is_overlooked_and_every_kind_of_threat_is_thought_of() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| | ")]
    assert len(ROWS) == len(lines) > 30
    assert {kind for kind, *_ in ROWS} == set("STRIDE")
