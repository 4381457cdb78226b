"""Makes what is deployed: Chalice's template laid under ours, and the zip without what Lambda has already.

``python -m infra.package OUT`` leaves ``sam.yaml``, ``sam-china.yaml`` for the China regions, and ``deployment.zip`` in
OUT. They are made again only when a source changed.
"""

import compileall
import fcntl
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra import china, merging, template

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("app.py", "chalicelib", "templates/console", "templates/messages", "requirements.txt", ".chalice", "infra")
PACKAGED_FROM_INFRA = ("template", "package.py", "merging.py", "china.py")
CONSOLE_POLICY = ROOT / ".chalice" / "policies" / "console_handler.json"  # of a function that Chalice does not know

CHINA = "aws-cn"

IN_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""Lambda's Python runtime brings these; packed, they would be nine tenths of the zip."""

LOCK = ROOT / "build" / "package.lock"
BUILT = ROOT / ".chalice" / "deployments"
"""One lock for the checkout, wherever the package goes: Chalice takes what it finds built for done, also what another
run has half written there.
"""

NEVER_NEEDED = (
    *("chalice/cli", "chalice/deploy", "pip", "setuptools", "pkg_resources", "wheel"),
    *("lxml/html", "lxml/includes", "lxml/isoschematron", "lxml/objectify", "lxml/sax"),  # not python-docx's
)


@dataclass(frozen=True, slots=True)
class Package:
    """The template to deploy, and the zip that its functions share."""

    template: Path
    code: Path

    @property
    def china(self) -> Path:
        """The template to deploy in the China regions."""
        return self.template.with_name("sam-china.yaml")

    def template_of(self, partition: str) -> Path:
        """The template for a part of AWS: "aws", "aws-cn" …"""
        return self.china if partition == CHINA else self.template


def package(out: Path) -> Package:
    """The package in ``out``, made anew when a source changed. Raises CalledProcessError with Chalice's words."""
    out.mkdir(parents=True, exist_ok=True)
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes meanwhile finds it made
        if os.fstat(lock.fileno()).st_size:
            shutil.rmtree(BUILT, ignore_errors=True)  # who had it last was cut off
        lock.write("under way")
        lock.flush()
        made = _package(out)
        lock.truncate(0)
        return made


def _package(out: Path) -> Package:
    made = Package(out / "sam.yaml", out / "deployment.zip")
    state, wanted = out / "sources.sha256", fingerprint()
    if (
        state.exists()
        and state.read_text() == wanted
        and all(file.exists() for file in (made.template, made.china, made.code))
    ):
        return made
    print("packaging the functions (about 20 s, once for each change) …", file=sys.stderr)
    raw = out / "chalice"
    shutil.rmtree(raw, ignore_errors=True)
    ours = out / "ours.yaml"
    template.write(ours)
    chalice = Path(sys.executable).with_name("chalice")
    command = [
        str(chalice),
        "package",
        "--stage",
        "desk",
        "--merge-template",
        str(ours.resolve()),
        str(raw.resolve()),
    ]
    # Chalice asks for a region though a template has none
    environment = {"AWS_DEFAULT_REGION": "cn-north-1", **os.environ}
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=environment)
    merged = merging.completed(yaml.safe_load((raw / "sam.yaml").read_text(encoding="utf-8")), CONSOLE_POLICY)
    for place, whole in ((made.template, merged), (made.china, china.for_china(merged))):
        place.write_text(yaml.safe_dump(whole, allow_unicode=True, width=4096), encoding="utf-8")
    _lighten(raw / "deployment.zip", made.code)
    shutil.rmtree(raw)
    ours.unlink()
    state.write_text(wanted)
    return made


def fingerprint() -> str:
    """What changes when anything that is packaged changes."""
    digest = hashlib.sha256()
    for path in sorted(_source_files()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _source_files() -> list[Path]:
    files: list[Path] = []
    for name in SOURCES:
        place = ROOT / name
        for kept in [place / part for part in PACKAGED_FROM_INFRA] if name == "infra" else [place]:
            files += (
                [file for file in kept.rglob("*") if file.is_file() and not _made(file)] if kept.is_dir() else [kept]
            )
    return files


def _made(file: Path) -> bool:
    """Whether the file is made by running, not by writing."""
    return "__pycache__" in file.parts or ".chalice/deployments" in file.as_posix()


def _lighten(heavy: Path, light: Path) -> None:
    """Copy a zip without what Lambda has and what is never run, and with every module compiled.

    Lambda cannot write where the code lies and would compile it at every cold start. Dates are fixed, so that the same
    sources give the same zip.
    """
    with zipfile.ZipFile(heavy) as source, tempfile.TemporaryDirectory() as folder:
        for name in source.namelist():
            if not _left_out(name):
                source.extract(name, folder)
        _compile(Path(folder))
        with zipfile.ZipFile(light, "w", zipfile.ZIP_DEFLATED) as target:
            for file in sorted(Path(folder).rglob("*")):
                if file.is_file():
                    info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), (2020, 1, 1, 0, 0, 0))
                    info.external_attr = 0o644 << 16
                    target.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)


def _compile(folder: Path) -> None:
    """Compile all, never to be checked against sources that cannot change. Raises RuntimeError for a broken one."""
    compiled = compileall.compile_dir(
        folder,
        stripdir=str(folder),
        quiet=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise RuntimeError("a module of the package cannot be compiled")


def _left_out(name: str) -> bool:
    top = name.split("/", 1)[0]
    package_name = top.split("-", 1)[0].removesuffix(".py").replace("python_", "")
    if package_name in IN_THE_RUNTIME or top in NEVER_NEEDED:
        return True
    return name.startswith(NEVER_NEEDED) or "/tests/" in name or name.endswith(".pyc")


if __name__ == "__main__":
    done = package(Path(sys.argv[1] if len(sys.argv) > 1 else "build/package"))
    print(f"{done.template}  {done.code}  {done.code.stat().st_size / 2**20:.1f} MB")
