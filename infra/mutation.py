"""Mutation testing of the trade's rules: ``python -m infra.mutation`` changes ``chalicelib/domain`` a little, one
change at a time, and runs the tests of ``tests/unit`` that reach the change; what no test notices has survived.

mutmut makes the changes and tries them, in ``build/mutation``, on a copy: the sources here are never changed. All
changes of all of ``domain/`` are made, and of the modules asked for those are tried that are drawn. Cut off, it goes on
where it stopped; run again, it does only what was changed since. Standard output is one JSON object.
"""

import argparse
import json
import random
import re
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import chdir, redirect_stdout
from math import sqrt
from pathlib import Path

from mutmut.stats import status_by_exit_code

from infra.package import ROOT

PLACE = ROOT / "build" / "mutation"
RULES = Path("chalicelib/domain")
COPIED = (
    *("app.py", "chalicelib", "infra", "templates", "vendor", "tests", "docs", ".chalice", "pyproject.toml"),
    *("requirements.txt", "Makefile", "README.md", "README.zh-CN.md", "CHANGELOG.md"),  # which tests read
)
LEFT_OUT = (
    "tests/unit/test_floors.py",  # reads the sources themselves, which are other ones here
    "tests/unit/test_walk.py",  # random walks: minutes for each change of what cases go through
)
LONGEST = 120  # seconds of one test: a change that makes a loop endless ends it, and is noticed
MOST_MEMORY = 6 * 2**30  # bytes: a loop that is endless may also gather
SETTINGS = f"""
[tool.mutmut]
source_paths = ["chalicelib"]
only_mutate = ["{RULES}/*.py"]
pytest_add_cli_args_test_selection = ["tests/unit"]
also_copy = {json.dumps([name for name in COPIED if name != "chalicelib"])}
pytest_add_cli_args = {json.dumps([
    *("-p", "no:randomly", "-p", "no:cacheprovider"), *(f"--ignore={test}" for test in LEFT_OUT),
    *("-o", f"faulthandler_timeout={LONGEST}", "-o", "faulthandler_exit_on_timeout=true"),
])}
use_git_change_detection = false
on_dependency_change = "ignore"
"""  # fmt: skip
NOT_YET = ("not checked", "check was interrupted by user")
UNREACHED = "no tests"
FOUND = ("killed", "timeout", "suspicious", "segfault", "caught by type check")  # a change that was noticed
Z = 1.959964  # of the normal distribution, for 95 %

Codes = Mapping[str, int | None]
"""How the tests of each change ended, by its name; None for one that was not tried."""


def main() -> int:
    """Change, try, and print what was found. The exit code is 2 for no such module, 1 where mutmut fails."""
    parser = argparse.ArgumentParser(prog="python -m infra.mutation")
    parser.add_argument("modules", nargs="*", help="files of chalicelib/domain, without .py; all if left out")
    parser.add_argument("--sample", type=int, help="how many changes of these modules are drawn; all if left out")
    parser.add_argument("--seed", type=int, default=1, help="by which they are drawn")
    parser.add_argument("--again", action="store_true", help="try those that survived once more, after a new test")
    parser.add_argument("--summary", action="store_true", help="tell of what was done before, and do nothing")
    asked = parser.parse_args()
    unknown = [name for name in asked.modules if not (ROOT / RULES / f"{name}.py").exists()]
    if unknown:
        print(f"no such module of {RULES}: {', '.join(unknown)}", file=sys.stderr)
        return 2
    if not asked.summary:
        _lay_out()
        _make_changes()
    codes = _codes(asked.modules)
    names = drawn(codes, asked.sample, asked.seed)
    failed = False
    if not asked.summary:
        again = [name for name in names if asked.again and survived(codes[name])]
        failed = _try([name for name in names if ended(codes[name]) in NOT_YET] + again)
        codes = _codes(asked.modules)
    print(json.dumps(report(codes, names), ensure_ascii=False, indent=2))
    return int(failed)


def _lay_out() -> None:
    """The copy as the sources are now, beside what earlier runs found."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, PLACE / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "deployments"))
        else:
            shutil.copy2(source, target)
    with (PLACE / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(SETTINGS)


def _make_changes() -> None:
    """All changes of all of ``domain/``. Not of some modules alone: mutmut takes a module that was once copied
    unchanged for one that it has changed already, and would try nothing.
    """
    with chdir(PLACE), redirect_stdout(sys.stderr):
        from mutmut.__main__ import create_mutants  # reads the settings where it is imported
        from mutmut.utils.file_utils import copy_src_dir

        copy_src_dir()
        create_mutants(max_children=1)


def _codes(modules: list[str]) -> dict[str, int | None]:
    """What is known of each change of ``modules``, or of all."""
    results = sorted((PLACE / "mutants" / RULES).glob("*.py.meta"))
    wanted = [one for one in results if not modules or one.name.removesuffix(".py.meta") in modules]
    found: dict[str, int | None] = {}
    for one in wanted:
        found |= json.loads(one.read_text("utf-8"))["exit_code_by_key"]
    return found


def drawn(names: Iterable[str], sample: int | None, seed: int) -> list[str]:
    """``sample`` of ``names``, without preference; all if None. A greater sample of the same seed holds the smaller."""
    shuffled = sorted(names)
    random.Random(seed).shuffle(shuffled)
    return shuffled[:sample]


def ended(code: int | None) -> str:
    """What mutmut calls the end of a change's tests."""
    return status_by_exit_code[code]


def survived(code: int | None) -> bool:
    """Whether a change was tried and no test noticed it, or none reaches it."""
    return ended(code) not in (*NOT_YET, *FOUND)


def _try(names: list[str]) -> bool:
    """Run the tests that reach each change, those of the shortest tests first. Whether mutmut failed."""
    if not names:
        return False
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    mutmut = Path(sys.executable).with_name("mutmut")
    ran = subprocess.run([mutmut, "run", "--max-children", "1", *names], cwd=PLACE, stdout=sys.stderr, check=False)
    return ran.returncode != 0


def report(codes: Codes, names: list[str]) -> dict[str, object]:
    """What is known of the changes drawn, ``names``, of all those in ``codes``. Of a sample that was tried whole, also
    between what the share noticed of all lies; the first tried of a sample are those of the shortest tests, and no
    sample of anything.
    """
    tried = [name for name in names if ended(codes[name]) not in NOT_YET]
    survivors = sorted(name for name in tried if survived(codes[name]))
    noticed = len(tried) - len(survivors)
    whole_sample = len(tried) == len(names) < len(codes)
    return {
        "mutants": len(codes),
        "sampled": len(names),
        "tried": len(tried),
        "noticed": noticed,
        "unreached": sum(ended(codes[name]) == UNREACHED for name in tried),
        "noticed_percent": round(100 * noticed / len(tried), 1) if tried else None,
        "interval_95": [round(100 * end, 1) for end in wilson(noticed, len(tried))] if whole_sample and tried else None,
        "modules": _by_module(codes, tried, survivors),
        "survivors": [
            {"name": name, "module": _module_of(name), "function": _function_of(name), "why": ended(codes[name])}
            for name in survivors
        ],
    }


def wilson(found: int, tried: int) -> tuple[float, float]:
    """Between which shares that of a whole lies, 19 times in 20, when ``found`` of ``tried`` were (Wilson 1927)."""
    middle = (found + Z**2 / 2) / (tried + Z**2)
    half = Z * sqrt(found * (tried - found) / tried + Z**2 / 4) / (tried + Z**2)
    return max(0.0, middle - half), min(1.0, middle + half)


def _by_module(codes: Codes, tried: list[str], survivors: list[str]) -> dict[str, dict[str, int]]:
    """Of each module of which one was tried: how many changes there are, were tried, and survived."""
    made, known, left = (Counter(map(_module_of, names)) for names in (codes, tried, survivors))
    return {name: {"mutants": made[name], "tried": known[name], "survived": left[name]} for name in sorted(known)}


def _module_of(mutant: str) -> str:
    return mutant.rpartition(".")[0].rpartition(".")[2]


def _function_of(mutant: str) -> str:
    """The function that was changed, as it is named in the source."""
    return re.sub(r"(x_|xǁ)", "", mutant.rpartition(".")[2].partition("__mutmut")[0], count=1).replace("ǁ", ".")


if __name__ == "__main__":
    raise SystemExit(main())
