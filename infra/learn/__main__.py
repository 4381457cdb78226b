"""``python -m infra.learn train FILE`` and ``… evaluate FILE --task TASK``: see docs/model.md.

One JSON object on standard output; all else on standard error. The exit code is 2 for what cannot be taken.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from tqdm import tqdm

from chalicelib.domain.subject_file import NotAModel
from infra.learn.letters import Unreadable, read_letters

MODEL = Path("build/subjects.model")
TASKS = ("category", "topics", "duplicates")


class NoModel(Exception):
    """Nothing was trained yet where the model should lie."""


def main(arguments: list[str] | None = None) -> int:
    """Train or evaluate, and print."""
    asked = _parser().parse_args(arguments)
    file, model = asked.file, asked.model
    try:
        figures = _train(file, model, asked.at) if asked.verb == "train" else _evaluate(file, asked.task, model)
    except (OSError, Unreadable, NotAModel, NoModel) as error:
        print(f"{asked.verb}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.learn", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    train = verbs.add_parser("train", help="learn the categories of FILE, write the model")
    train.add_argument("--at", type=_moment, help="the time that the model tells (ISO 8601 with zone); now")
    evaluate = verbs.add_parser("evaluate", help="measure by FILE")
    evaluate.add_argument("--task", type=_task, default=TASKS[0], metavar="|".join(TASKS))
    for verb in (train, evaluate):
        verb.add_argument("file", type=_file, metavar="FILE", help="CSV: title,body,category")
        verb.add_argument("--model", type=_model, default=MODEL, help=f"the model's file; {MODEL}")
    return parser


def _file(given: str) -> Path:
    if not given:
        raise argparse.ArgumentTypeError("no file: say FILE=….csv")
    return Path(given)


def _model(given: str) -> Path:
    return Path(given) if given else MODEL  # `make` passes an empty name where none was said


def _task(given: str) -> str:
    if given and given not in TASKS:
        raise argparse.ArgumentTypeError(f"{given}: one of {', '.join(TASKS)}")
    return given or TASKS[0]


def _moment(given: str) -> datetime:
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{given}: no time in ISO 8601") from error
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{given}: a time needs its zone, as in 2026-05-01T08:00+08:00")
    return at


def _train(file: Path, model: Path, at: datetime | None) -> dict[str, object]:
    from infra.learn.training import train  # a second to import, which a wrong argument need not wait for

    letters = read_letters(file)
    with tqdm(desc="train", bar_format="{desc}: {elapsed}", file=sys.stderr, dynamic_ncols=True) as bar:
        trained = train(letters, at or datetime.now(UTC), bar.set_description)
    for name, many in trained.left_out.items():
        print(f"train: {name} left out: {many} letters are too few to learn it", file=sys.stderr)
    model.parent.mkdir(parents=True, exist_ok=True)
    unfinished = model.with_name(f"{model.name}.{os.getpid()}")
    unfinished.write_bytes(trained.data)
    unfinished.replace(model)
    return {
        "model": str(model),
        "model_bytes": len(trained.data),
        "card": msgspec.to_builtins(trained.card),
        "unseen": trained.figures,
        "left_out": trained.left_out,
    }


def _evaluate(file: Path, task: str, model: Path) -> dict[str, object]:
    if task == "topics":
        from infra.learn import topics

        return topics.evaluate(file)
    if task == "duplicates":
        from infra.learn import duplicates

        return duplicates.evaluate(file)
    if not model.exists():
        raise NoModel(f"no model at {model}: run `make train FILE=….csv` first")
    from infra.learn import category

    return category.evaluate(file, model)


if __name__ == "__main__":
    raise SystemExit(main())
