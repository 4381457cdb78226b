"""The zip: every deployed handler starts from it, with nothing beside it but what Lambda brings."""

import os
import re
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import cache_from_source, find_spec
from pathlib import Path

import pytest

from infra.bench import __main__ as bench
from infra.package import IN_THE_RUNTIME, Package, fingerprint, package
from tests.infrastructure.conftest import Template
from tests.infrastructure.test_template import functions

HANDLERS = (
    "app.app",
    "app.route_submissions",
    "app.send_notices",
    "app.deliver_webhooks",
    "app.receive_mail",
    "app.sweep",
    "app.assess_month",
    "app.close_day",
)
GLIBC_OF_LAMBDA = (2, 26)  # Amazon Linux 2, under Lambda's Python 3.11
AT_MOST = 18 * 2**20  # bytes; a third of it is what writes Word files


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages that Lambda's runtime has, and none of this environment's others."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in IN_THE_RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        place = Path(spec.origin)
        kept = place.parent if place.name == "__init__.py" else place
        (folder / kept.name).symlink_to(kept)
    return folder


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_deployed_handler_starts_in_a_fresh_process(unzipped: Path, runtime: Path, handler: str) -> None:
    module, name = handler.split(".")
    program = f"import {module}; assert callable({module}.{name}); import sys; print({module}.__file__)"
    environment = {key: value for key, value in os.environ.items() if key.startswith(("SUNLIGHT_", "AWS_", "LANG"))}
    started = subprocess.run(
        # -S: without this environment's site-packages; -B: the zip on Lambda is read-only
        [sys.executable, "-S", "-B", "-c", program],
        env={**environment, "PYTHONPATH": f"{unzipped}:{runtime}"},
        cwd=unzipped,
        capture_output=True,
        text=True,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == str(unzipped / "app.py")


def test_the_handlers_tried_are_those_deployed(template: Template) -> None:
    assert {function["Handler"] for function in functions(template).values()} == set(HANDLERS)


@pytest.mark.parametrize(
    "module",
    [
        "argon2",
        "chinese_calendar",
        "cryptography.hazmat.primitives.ciphers.aead",
        "docx",
        "filetype",
        "jinja2",
        "msgspec",
        "pynamodb.models",
        "rapidfuzz.fuzz",
        "segno",
        "standardwebhooks",
        "stdnum.damm",
    ],
)
def test_what_is_imported_late_is_in_the_zip_too(unzipped: Path, runtime: Path, module: str) -> None:
    started = subprocess.run(
        [sys.executable, "-S", "-B", "-c", f"import {module}"],
        env={"PYTHONPATH": f"{unzipped}:{runtime}", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    assert started.returncode == 0, started.stderr


def test_the_zip_holds_the_app_its_words_and_its_templates(unzipped: Path) -> None:
    for name in ("app.py", "chalicelib/config.py", "templates/console", "templates/messages", "chalice/app.py"):
        assert (unzipped / name).exists(), name
    assert list((unzipped / "chalicelib").rglob("catalogue/zh/*.json"))
    assert list((unzipped / "chalicelib").rglob("city/*.json"))


def test_the_zip_holds_nothing_that_lambda_has_or_nobody_runs(packaged: Package) -> None:
    with zipfile.ZipFile(packaged.code) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert not tops & {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3"}
    assert not tops & {"infra", "tests", "site", "docs", "pip", "setuptools", "moto", "pytest", ".chalice"}
    assert not [name for name in names if "/tests/" in name]
    assert packaged.code.stat().st_size < AT_MOST


def test_every_module_comes_compiled_for_lambda_cannot_keep_what_it_compiles(unzipped: Path) -> None:
    modules = list(unzipped.rglob("*.py"))
    assert len(modules) > 100
    for module in modules:
        compiled = Path(cache_from_source(str(module)))
        unchecked_hash = (1).to_bytes(4, "little")  # PEP 552: never compared with its source
        assert compiled.read_bytes()[4:8] == unchecked_hash, module


def test_what_is_compiled_runs_on_the_machine_that_lambda_is(unzipped: Path) -> None:
    for wheel in unzipped.glob("*.dist-info/WHEEL"):
        tags = re.findall(r"^Tag: (.+)$", wheel.read_text(encoding="utf-8"), re.MULTILINE)
        assert any(_runs_on_lambda(tag) for tag in tags), f"{wheel.parent.name}: {tags}"


def _runs_on_lambda(tag: str) -> bool:
    if tag.endswith("-any") or "manylinux2014_x86_64" in tag:
        return True
    needed = re.search(r"manylinux_(\d+)_(\d+)_x86_64", tag)
    return needed is not None and (int(needed[1]), int(needed[2])) <= GLIBC_OF_LAMBDA


def test_the_bench_tells_the_size_of_the_zip_that_was_made(packaged: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "package", lambda out: packaged)
    assert bench.PARTS["package"]() == {"package_mb": pytest.approx(packaged.code.stat().st_size / 2**20, abs=0.05)}


def test_the_same_sources_give_the_same_fingerprint_and_the_package_is_not_made_twice(packaged: Package) -> None:
    before = packaged.code.stat().st_mtime_ns
    assert package(packaged.code.parent) == packaged
    assert packaged.code.stat().st_mtime_ns == before
    assert fingerprint() == (packaged.code.parent / "sources.sha256").read_text()


def test_two_packages_of_one_checkout_are_made_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def slowly(out: Path) -> Package:
        steps.append("begun")
        time.sleep(0.2)
        steps.append("made")
        return Package(out, out)

    monkeypatch.setattr("infra.package._package", slowly)
    monkeypatch.setattr("infra.package.LOCK", tmp_path / "lock")
    with ThreadPoolExecutor(2) as both:
        assert len(list(both.map(package, (tmp_path / "one", tmp_path / "other")))) == 2
    assert steps == ["begun", "made"] * 2


def test_what_a_packaging_that_was_cut_off_left_half_built_is_not_taken_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = tmp_path / "built" / "half.zip"
    half.parent.mkdir()
    half.write_bytes(b"PK")

    def cut_off(out: Path) -> Package:
        raise KeyboardInterrupt

    monkeypatch.setattr("infra.package.LOCK", tmp_path / "lock")
    monkeypatch.setattr("infra.package.BUILT", half.parent)
    monkeypatch.setattr("infra.package._package", cut_off)
    with pytest.raises(KeyboardInterrupt):
        package(tmp_path / "out")
    assert half.exists()  # it was whole when this one began
    monkeypatch.setattr("infra.package._package", lambda out: Package(out, out))
    package(tmp_path / "out")
    assert not half.exists()
