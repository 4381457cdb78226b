"""Is a weakness known of what the functions are packaged with, and may it be passed on? ``python -m infra.audit``.

0: nothing known, and every package was asked for. 1: a weakness is known, or a licence does not fit. 3: the service
could not be asked, for all packages or some: nothing is known then, and that is said.
"""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution

from msgspec import Struct

from infra.package import ROOT

REQUIREMENTS = ROOT / "requirements.txt"
SERVICES = ("pypi", "osv")  # of pip-audit: the second is asked where the first says nothing
WITHIN = 120  # seconds
SOUND, WEAK, NOT_ASKED = 0, 1, 3
_COPYLEFT = re.compile(r"\bA?GPL|GNU (?:Affero )?General Public", re.IGNORECASE)
_LESSER = re.compile(r"\bLGPL[\w.+-]*|GNU (?:Lesser|Library) General Public", re.IGNORECASE)  # a library may be one


class Weakness(Struct, frozen=True):
    """What is known of one package."""

    id: str
    fix_versions: tuple[str, ...] = ()


class Asked(Struct, frozen=True):
    """What pip-audit says of one package. ``skip_reason``: why it could not be asked for."""

    name: str
    version: str = ""
    vulns: tuple[Weakness, ...] = ()
    skip_reason: str = ""


class Answer(Struct, frozen=True):
    """What it says of all. Where packages were skipped nothing is known of those, whatever its last line is."""

    dependencies: tuple[Asked, ...]

    @property
    def weak(self) -> list[Asked]:
        """The packages of which a weakness is known."""
        return [one for one in self.dependencies if one.vulns]

    @property
    def skipped(self) -> list[Asked]:
        """The packages of which nothing was learnt."""
        return [one for one in self.dependencies if one.skip_reason]


def main() -> int:
    """Ask, print, and say by the exit code what came of it."""
    unfit = unfit_licences()
    for name, licence in unfit:
        print(f"audit: {name} is under {licence or 'no licence that it tells'}: it cannot be packaged")
    code = WEAK if unfit else SOUND
    answer = next((found for service in SERVICES if (found := asked(service)) is not None and not found.skipped), None)
    if answer is None:
        print(f"audit: NOT RUN. None of {', '.join(SERVICES)} could be asked about every package: nothing is known.")
        return code or NOT_ASKED
    for one in answer.weak:
        for weakness in one.vulns:
            print(
                f"audit: {one.name} {one.version}: {weakness.id}, mended in {', '.join(weakness.fix_versions) or '?'}"
            )
    print(f"audit: {len(answer.dependencies)} packages asked for, {len(answer.weak)} weak")
    return WEAK if answer.weak else code


def asked(service: str) -> Answer | None:
    """What ``service`` knows of what is packaged; None where it cannot be reached."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(REQUIREMENTS), "--no-deps", "--disable-pip"]
    command += ["-s", service, "-f", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=False)
    except subprocess.TimeoutExpired:
        return None
    return read(done.stdout)


def read(said: str) -> Answer | None:
    """pip-audit's answer; None for what is none, as when it broke off."""
    import msgspec

    try:
        return msgspec.convert(json.loads(said), Answer)
    except (ValueError, msgspec.ValidationError):
        return None


def unfit_licences() -> list[tuple[str, str]]:
    """The packages that may not be in what we pass on, each with its licence."""
    found = [(name, licence_of(name)) for name in packaged()]
    return [(name, licence) for name, licence in found if not licence or not fits(licence)]


def packaged() -> list[str]:
    """The names of what the functions are packaged with."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [line.partition("==")[0].strip() for line in lines if "==" in line]


def fits(licence: str) -> bool:
    """Whether what is under ``licence`` may be packaged beside our own. A choice of licences fits by one that does."""
    return any(not _COPYLEFT.search(_LESSER.sub("", one)) for one in re.split(r"\bOR\b", licence))


def licence_of(name: str) -> str:
    """The licence by which a package says it is passed on; "" where it is not installed or does not say."""
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    classes = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    named = [*(told.get_all("License-Expression") or []), "; ".join(classes), *(told.get_all("License") or [])]
    return next((str(one).partition("\n")[0] for one in named if one), "")


if __name__ == "__main__":
    raise SystemExit(main())
