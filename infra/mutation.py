"""Mutation testing of the trade's rules: ``python -m infra.mutation clocks chain …`` changes them a little, one change
at a time, and runs the tests of ``tests/unit`` that reach the change; what no test notices has survived.

mutmut does the work, in ``build/mutation``, on a copy: the sources here are never changed. Cut off, it goes on where it
stopped; run again, it does only what was changed since. Standard output is one JSON object.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from mutmut.stats import status_by_exit_code

from infra.package import ROOT

PLACE = ROOT / "build" / "mutation"
RULES = ROOT / "chalicelib" / "domain"
COPIED = ("app.py", "chalicelib", "infra", "templates", "vendor", "tests", "docs", ".chalice", "pyproject.toml")
SETTINGS = """
[tool.mutmut]
source_paths = ["chalicelib"]
only_mutate = {modules}
tests_dir = {tests}
also_copy = {copied}
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider", "-x"]
use_git_change_detection = false
on_dependency_change = "ignore"
"""
NOT_YET = "not checked"
FOUND = ("killed", "timeout", "suspicious", "segfault", "caught by type check")  # a change that was noticed


def main() -> int:
    """Mutate, test, and print what survived by module. The exit code is 2 for a module that is not there."""
    parser = argparse.ArgumentParser(prog="python -m infra.mutation")
    parser.add_argument("modules", nargs="+", help="names of files of chalicelib/domain, without .py")
    parser.add_argument("--tests", nargs="*", help="names of files of tests/unit, without .py; all if left out")
    parser.add_argument("--summary", action="store_true", help="tell of what was done before, and do nothing")
    asked = parser.parse_args()
    unknown = [name for name in asked.modules if not (RULES / f"{name}.py").exists()]
    if unknown:
        print(f"no such module of chalicelib/domain: {', '.join(unknown)}", file=sys.stderr)
        return 2
    if not asked.summary:
        _lay_out(asked.modules, [f"tests/unit/{name}.py" for name in asked.tests or ()] or ["tests/unit"])
        mutmut = Path(sys.executable).with_name("mutmut")
        subprocess.run([mutmut, "run", "--max-children", "1"], cwd=PLACE, stdout=sys.stderr, check=False)
    print(json.dumps(summary(PLACE, asked.modules), ensure_ascii=False, indent=2))
    return 0


def _lay_out(modules: list[str], tests: list[str]) -> None:
    """The copy as the sources are now, beside what earlier runs found."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, PLACE / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "deployments"))
        else:
            shutil.copy2(source, target)
    mutated = [f"chalicelib/domain/{name}.py" for name in modules]
    also = [name for name in COPIED if name not in ("chalicelib", "tests")]
    settings = SETTINGS.format(modules=json.dumps(mutated), tests=json.dumps(tests), copied=json.dumps(also))
    with (PLACE / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(settings)


def summary(place: Path, modules: list[str]) -> dict[str, object]:
    """By module: how many changes were made, noticed, not noticed (with their names) and not tried yet."""
    return {name: _of_module(place / "mutants" / "chalicelib" / "domain" / f"{name}.py.meta") for name in modules}


def _of_module(results: Path) -> dict[str, object]:
    codes: dict[str, int | None] = (
        json.loads(results.read_text("utf-8"))["exit_code_by_key"] if results.exists() else {}
    )
    ended = {name: status_by_exit_code[code] for name, code in codes.items()}
    counts = Counter(ended.values())
    tried = sum(number for status, number in counts.items() if status != NOT_YET)
    noticed = sum(counts[status] for status in FOUND)
    survivors = Counter(_place_of(name) for name, status in ended.items() if status not in (NOT_YET, *FOUND))
    return {
        "mutants": len(codes),
        "not_tried": counts[NOT_YET],
        "noticed": noticed,
        "noticed_percent": round(100 * noticed / tried, 1) if tried else None,
        "survivors": dict(survivors.most_common()),
    }


def _place_of(mutant: str) -> str:
    """The function that was changed, as it is named in the source."""
    return re.sub(r"(x_|xǁ)", "", mutant.rpartition(".")[2].partition("__mutmut")[0]).replace("ǁ", ".")


if __name__ == "__main__":
    raise SystemExit(main())
