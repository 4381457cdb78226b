"""Makes what is deployed: Chalice's template laid under ours, and the zip without what Lambda has already.

``python -m infra.package OUT`` leaves ``sam.yaml`` and ``deployment.zip`` in OUT. They are made again only
when a source changed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("app.py", "chalicelib", "templates/console", "templates/messages", "requirements.txt", ".chalice", "infra")
PACKAGED_FROM_INFRA = ("template.yaml", "package.py")

IN_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""Lambda's Python runtime brings these; packed, they would be nine tenths of the zip."""

NEVER_NEEDED = ("chalice/cli", "chalice/deploy", "pip", "setuptools", "pkg_resources", "wheel")


@dataclass(frozen=True, slots=True)
class Package:
    """The template to deploy, and the zip that its functions share."""

    template: Path
    code: Path


def package(out: Path) -> Package:
    """The package in ``out``, made anew when a source changed. Raises CalledProcessError with Chalice's words."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes meanwhile finds it made
        return _package(out)


def _package(out: Path) -> Package:
    made = Package(out / "sam.yaml", out / "deployment.zip")
    state, wanted = out / "sources.sha256", fingerprint()
    if state.exists() and state.read_text() == wanted and made.template.exists() and made.code.exists():
        return made
    print("packaging the functions (about 20 s, once for each change) …", file=sys.stderr)
    raw = out / "chalice"
    shutil.rmtree(raw, ignore_errors=True)
    chalice = Path(sys.executable).with_name("chalice")
    command = [
        str(chalice),
        "package",
        "--stage",
        "desk",
        "--merge-template",
        "infra/template.yaml",
        str(raw.resolve()),
    ]
    # Chalice asks for a region though a template has none
    environment = {"AWS_DEFAULT_REGION": "cn-north-1", **os.environ}
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=environment)
    shutil.copy(raw / "sam.yaml", made.template)
    _lighten(raw / "deployment.zip", made.code)
    shutil.rmtree(raw)
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
        if name == "infra":
            files += [place / kept for kept in PACKAGED_FROM_INFRA]
        elif place.is_dir():
            files += [file for file in place.rglob("*") if file.is_file() and not _made(file)]
        else:
            files.append(place)
    return files


def _made(file: Path) -> bool:
    """Whether the file is made by running, not by writing."""
    return "__pycache__" in file.parts or ".chalice/deployments" in file.as_posix()


def _lighten(heavy: Path, light: Path) -> None:
    """Copy a zip without what Lambda has and what is never run.

    Dates are fixed, so that the same sources give the same zip.
    """
    with zipfile.ZipFile(heavy) as source, zipfile.ZipFile(light, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            if not _left_out(name):
                info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
                info.external_attr = source.getinfo(name).external_attr
                target.writestr(info, source.read(name), zipfile.ZIP_DEFLATED)


def _left_out(name: str) -> bool:
    top = name.split("/", 1)[0]
    package_name = top.split("-", 1)[0].removesuffix(".py").replace("python_", "")
    if package_name in IN_THE_RUNTIME or top in NEVER_NEEDED:
        return True
    return name.startswith(NEVER_NEEDED) or "/tests/" in name or name.endswith(".pyc")


if __name__ == "__main__":
    done = package(Path(sys.argv[1] if len(sys.argv) > 1 else "build/package"))
    print(f"{done.template}  {done.code}  {done.code.stat().st_size / 2**20:.1f} MB")
