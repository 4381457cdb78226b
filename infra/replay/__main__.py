"""``python -m infra.replay FILE``: plays a file of letters on a desk apart. What each setting does: docs/replay.md."""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.apart import desk_apart
from infra.local.engine import NotStarted
from infra.replay.letters import Letter, Skipped, Unreadable, read_letters


class BadSetting(ValueError):
    """A setting that cannot be taken, with its name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to replay, from the environment (``make`` passes ``NAME=value`` on)."""

    term_days: int | None
    join: bool
    report: Path
    language: str

    @staticmethod
    def read() -> "Settings":
        """The settings of this process. Raises BadSetting."""
        days, join = os.environ.get("TERM_DAYS", ""), os.environ.get("JOIN", "") or "yes"
        language = os.environ.get("REPORT_LANG", "") or "zh"
        if days and not (days.isascii() and days.isdigit() and 0 < int(days) <= 3650):
            raise BadSetting(f"TERM_DAYS={days}: a number of days from 1 to 3650")
        if join not in ("yes", "no"):
            raise BadSetting(f"JOIN={join}: yes or no")
        if language not in ("zh", "en"):
            raise BadSetting(f"REPORT_LANG={language}: zh or en")
        report = Path(os.environ.get("REPORT", "") or "build/replay.html")
        return Settings(int(days) if days else None, join == "yes", report, language)


def main() -> int:
    """Replay, print the figures, write the report. The exit code is 2 for a file or a setting that cannot be taken."""
    parser = argparse.ArgumentParser(prog="python -m infra.replay", description=__doc__)
    parser.add_argument("file", type=Path, help="CSV: id,user,title,time,body,reply,reply_time")
    file: Path = parser.parse_args().file
    try:
        settings = Settings.read()
        rows = list(read_letters(file))
    except (OSError, Unreadable, BadSetting) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    try:
        with desk_apart():
            _replay(file.name, rows, settings)
    except NotStarted as error:
        print(f"replay: {error}", file=sys.stderr)
        return 1
    return 0


def _replay(name: str, rows: list[Letter | Skipped], settings: Settings) -> None:
    from infra.replay.playing import replay  # the desk reads its settings, which a desk apart has only now
    from infra.replay.report import write_report

    began = time.monotonic()
    letters = [row for row in rows if isinstance(row, Letter)]
    result = replay(letters, settings.term_days, join=settings.join)
    skipped = [*(row for row in rows if isinstance(row, Skipped)), *result.played.refused]
    for row in sorted(skipped, key=lambda row: row.line):
        print(f"skipped line {row.line}: {row.reason}", file=sys.stderr)
    figures = result.figures(skipped, time.monotonic() - began)
    write_report(settings.report, name, figures, result, settings.language)
    print(f"report: {settings.report}", file=sys.stderr)
    print(json.dumps(asdict(figures), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    raise SystemExit(main())
