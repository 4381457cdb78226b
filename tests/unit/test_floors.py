"""The house has floors, and imports run one way: app → entrypoints → desk → domain; desk → storage, gateways."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "chalicelib"

ALLOWED: dict[str, set[str]] = {
    "app": {"entrypoints"},
    "entrypoints": {"entrypoints", "desk", "domain", "web", "config", "seen"},
    "desk": {"desk", "domain", "storage", "gateways", "city", "config", "seen"},
    "seen": {"seen", "domain"},
    "web": {"web", "domain", "config"},
    "storage": {"storage", "domain", "config"},
    "gateways": {"gateways", "domain", "config"},
    "city": {"domain"},
    "domain": {"domain"},
    "config": set(),
    "on_demand": set(),
}
EXCEPT: dict[str, set[str]] = {
    # a message to a citizen is made from a template
    "desk/in_peace.py": {"web"},  # in whose name what is needless is settled
    "desk/notifying.py": {"web"},
    "desk/announcing.py": {"web"},
    "desk/sending.py": {"web"},
    "desk/wording.py": {"web"},
    "desk/wording_examples.py": {"web"},
    "desk/answering.py": {"web"},
    "desk/mailing.py": {"web"},  # what stands in the place of a title or a text that nobody wrote
    "desk/telling.py": {"web"},  # as is what another agency is told of a ground
    "desk/correspondence.py": {"web"},
    "desk/passing.py": {"web"},  # and what the clerks are told when it takes nothing
}
LISTS = {"domain/events.py", "domain/moves.py", "domain/words.py"}  # one list of all that can happen, be done, be said
CLOUD = {"boto3", "botocore", "chalice", "pynamodb", "os", "socket", "urllib", "http", "httpx", "requests", "logging"}
OUTSIDE: dict[str, set[str]] = {
    "domain": CLOUD | {"time", "random", "secrets", "uuid", "cryptography", "jinja2"},
    "desk": {"boto3", "chalice", "pynamodb", "jinja2"},
    "web": {"boto3", "botocore", "pynamodb"},
    "storage": {"chalice", "boto3", "jinja2"},
    "gateways": {"chalice", "pynamodb", "jinja2"},
    "entrypoints": {"boto3", "botocore", "pynamodb"},
}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "time_ns"}
FILES = [ROOT / "app.py", *sorted(HOUSE.rglob("*.py"))]


def floor_of(file: Path) -> str:
    """The floor a file stands on."""
    if file == ROOT / "app.py":
        return "app"
    within = file.relative_to(HOUSE)
    return within.parts[0] if len(within.parts) > 1 else within.stem


def imports_of(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides the floor"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(file: Path) -> str:
    """A file's name within the house."""
    return file.relative_to(HOUSE).as_posix() if file.is_relative_to(HOUSE) else file.name


def wrongly_reached(file: Path) -> Iterator[str]:
    """What a file imports and may not."""
    floor = floor_of(file)
    if floor == "__init__":
        return  # it lets the modules be loaded on demand, and stands on no floor
    allowed = ALLOWED[floor] | EXCEPT.get(name_of(file), set())
    for name in imports_of(file):
        parts = name.split(".")
        barred = parts[0] in {"infra", "tests", "moto", *OUTSIDE.get(floor, set())}
        if barred or (parts[0] == "chalicelib" and parts[1] not in allowed):
            yield f"{name_of(file)} reaches for {name}"


def test_imports_run_downwards_only() -> None:
    files = [file for file in FILES if file.name != "__init__.py" or file.stat().st_size]
    assert len(files) > 300
    assert not [wrong for file in files for wrong in wrongly_reached(file)]


def read_from_outside(file: Path) -> Iterator[str]:
    """Where a file reads a clock or another file."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if owner in ("datetime", "date", "time") and node.func.attr in CLOCKS:
                yield f"{name_of(file)}: {ast.unparse(node)}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "print", "input", "eval", "exec")
        ):
            yield f"{name_of(file)}: {ast.unparse(node)}"


def test_the_domain_reads_no_clock_and_no_file() -> None:
    files = sorted((HOUSE / "domain").rglob("*.py"))
    assert len(files) > 50
    assert not [wrong for file in files for wrong in read_from_outside(file)]


def test_only_one_place_commits() -> None:
    named = {name_of(file) for file in FILES if "pynamodb.transactions" in file.read_text("utf-8")}
    assert named == {"storage/unit_of_work.py"}


def test_nothing_scans_the_table() -> None:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("scan", "rate_limited_scan"), name_of(file)


def test_a_file_is_read_in_one_sitting() -> None:
    lines = {name_of(file): len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert not {name: number for name, number in lines.items() if number > (350 if name in LISTS else 300)}
