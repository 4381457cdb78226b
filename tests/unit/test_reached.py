"""The bar of the tests: each floor is over it in lines and in branches, or the command fails and names what is left."""

from pathlib import Path

import pytest
from coverage import Coverage
from coverage.exceptions import NoDataError

from infra import reached
from infra.reached import BAR, Counted, Module


def module(lines: int, branches: int, of: int = 100, missing: tuple[tuple[int, int], ...] = ()) -> Module:
    """A file of ``of`` lines and as many branches, of which so many were reached."""
    return Module(Counted(of, lines, of, branches), tuple(range(7, 7 + of - lines)), missing)


@pytest.mark.parametrize(
    ("domain", "desk", "code"),
    [
        ((BAR, BAR), (BAR, BAR), 0),
        ((100, 100), (100, 100), 0),
        ((BAR - 1, 100), (100, 100), 1),
        ((100, BAR - 1), (100, 100), 1),
        ((100, 100), (BAR - 1, 100), 1),
        ((100, 100), (100, BAR - 1), 1),
        ((100, 100), None, 1),
        (None, None, 1),
    ],
)
def test_neither_floor_nor_either_figure_makes_up_for_another(
    domain: tuple[int, int] | None, desk: tuple[int, int] | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    floors = zip(reached.FLOORS, (domain, desk), strict=True)
    measured = {f"{floor}/clocks.py": module(*counts) for floor, counts in floors if counts is not None}
    monkeypatch.setattr(reached, "_read", lambda: {**measured, "chalicelib/deskside/clocks.py": module(100, 100)})
    assert reached.main() == code


def test_what_is_left_is_named_by_line_and_by_way_and_what_is_whole_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    partly = module(98, 97, missing=((7, 9), (6, 8), (3, 5), (4, -1)))
    files = {"chalicelib/domain/clocks.py": partly, "chalicelib/domain/chain.py": module(100, 100)}
    monkeypatch.setattr(reached, "_read", lambda: files)
    assert reached.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "chalicelib/domain/clocks.py: 7, 8, 3→5, 4→out",
        "chalicelib/domain: lines 198 of 200 (99.00 %), branches 197 of 200 (98.50 %)",
        "chalicelib/desk: lines 0 of 0 (none), branches 0 of 0 (none)",
    ]


def test_a_total_never_says_more_than_there_is() -> None:
    assert reached.told("lines", 99_999, 100_000) == "lines 99,999 of 100,000 (99.99 %)"
    assert reached.reaches(9_500, 10_000)
    assert not reached.reaches(9_499, 10_000)


def test_without_a_measurement_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COVERAGE_FILE", raising=False)
    with pytest.raises(NoDataError):
        reached._read()
    assert reached.main() == 1
    assert "nothing was measured" in capsys.readouterr().err


def test_what_coverage_writes_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "chalicelib" / "domain"
    place.mkdir(parents=True)
    source = place / "clocks.py"
    source.write_text("def late(days):\n    if days:\n        return 1\n    return 2\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COVERAGE_FILE", raising=False)
    data = Coverage().get_data()
    data.add_arcs({str(source): {(-1, 1), (1, -1), (-1, 2), (2, 4), (4, -1)}})
    data.write()
    (path, found), *rest = reached._read().items()
    assert (path, rest) == ("chalicelib/domain/clocks.py", [])
    assert found == Module(Counted(4, 3, 2, 1), (3,), ((2, 3),))
