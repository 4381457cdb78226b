"""Log lines: one JSON object each, and in it nothing but fields that are known here and have their shape.

What a citizen or an official wrote cannot get in: a message is a sentence of ours, a number has the length of a case's,
an error is its type and its places, never its own words, which may quote what was typed. Where a value has not its
field's shape the field is left out, and ``withheld`` names it. Of other libraries' lines only the place is told.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from traceback import extract_tb
from typing import TextIO

import msgspec

from chalicelib.seen.going import SECONDS, current, names

OURS = "chalicelib"
NAMESPACE = "Sunlight"
MOST_PLACES = 12  # of an error's, the innermost
_SENTENCE = re.compile(r"[a-z][a-z ,;:'-]{2,120}")
_WORD = re.compile(r"(?!.*\d{5})[A-Za-z][A-Za-z0-9_.]{0,60}")
_PLACE = re.compile(r"[A-Za-z_<>][\w<>]{0,120} [\w./-]{1,120}\.py:\d{1,6}")
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")


def _matches(pattern: str) -> Callable[[object], bool]:
    shape = re.compile(pattern)
    return lambda value: isinstance(value, str) and shape.fullmatch(value) is not None


def _figure(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 10**9  # nine figures: no telephone, no identity number


def _places(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and _PLACE.fullmatch(one) for one in value)


def _counts(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and _WORD.fullmatch(name) and (count is None or _figure(count))
        for name, count in value.items()
    )


FIELDS: dict[str, Callable[[object], bool]] = {
    "function": _matches(r"[A-Za-z0-9_-]{1,64}"),
    "request": _matches(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "route": _matches(r"(?!.*\d{4})[A-Z]{3,7} /[a-z0-9{}_/.+-]{0,120}"),  # as it is declared, never as it was asked for
    "case": _matches(r"\d{12}"),
    "event": _figure,
    "queued": _matches(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),  # SQS's own number of a message
    "status": _figure,
    "outcome": _matches(r"[a-z_]{2,20}"),
    "duration_ms": _figure,
    "error": _matches(_WORD.pattern),
    "code": _matches(_WORD.pattern),  # AWS's word for what went wrong
    "places": _places,
    "month": _matches(r"\d{4}-\d{2}"),
    "day": _matches(r"\d{4}-\d{2}-\d{2}"),
    "model": _matches(r"[0-9a-f]{6,64}"),
    "about": _matches(r"[a-z_]{2,20}"),
    "counts": _counts,
}
"""What a line may hold beside time, level and message, and of which shape. ``extra=`` gives them."""


def failure(error: BaseException) -> dict[str, object]:
    """What may be logged of an error: its type, AWS's code for it, and where it came about."""
    frames = extract_tb(error.__traceback__)[-MOST_PLACES:]
    told: dict[str, object] = {
        "error": type(error).__name__,
        "places": [f"{frame.name} {_within(frame.filename)}:{frame.lineno}" for frame in frames],
    }
    response = getattr(error, "response", None)  # botocore's ClientError
    if isinstance(response, dict) and isinstance(response.get("Error"), dict):
        told["code"] = str(response["Error"].get("Code", ""))
    return told


def _within(file: str) -> str:
    """The last parts of a path: which file, not on whose machine."""
    return "/".join(re.sub(r"[^\w./-]", "_", file).split("/")[-3:])


class Lines(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The JSON of what may be told of ``record``."""
        return msgspec.json.encode(line_of(record)).decode()


def line_of(record: logging.LogRecord) -> dict[str, object]:
    """What may be told of ``record``."""
    line: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": "WARN" if record.levelno == logging.WARNING else record.levelname,
        "message": _sentence(record),
    }
    error = record.exc_info[1] if record.exc_info else None
    given = {**_of_the_call(), **(failure(error) if error is not None else {})}
    given |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
    withheld = []
    for name, value in given.items():
        if FIELDS[name](value):
            line[name] = value
        else:
            withheld.append(name)
    if withheld:
        line["withheld"] = withheld
    figures = getattr(record, "figures", None)
    if figures:
        line |= metrics(figures, getattr(record, "desk", ""), record.created)
    return line


def _sentence(record: logging.LogRecord) -> str:
    """The sentence of ours, never with anything filled in; of other libraries' the place alone."""
    ours = record.name == OURS or record.name.startswith(f"{OURS}.")
    if ours and isinstance(record.msg, str) and _SENTENCE.fullmatch(record.msg):
        return record.msg
    name = record.name if _WORD.fullmatch(record.name) else "another library"
    return f"{name} at {record.module}:{record.lineno}"


def _of_the_call() -> dict[str, object]:
    call = current()
    if call is None:
        return {}
    told = {"function": call.function, "request": call.request, "route": call.route, "case": call.case}
    return {name: value for name, value in told.items() if value} | ({"event": call.event} if call.event else {})


def metrics(figures: Mapping[str, float], desk: str, at: float) -> dict[str, object]:
    """``figures`` in CloudWatch's embedded metric format, which makes metrics of a line; by desk, and by nothing else.

    Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format". ``at``: seconds since 1970.
    """
    known = {name: value for name, value in figures.items() if name in names() and _figure(value)}
    if not known or not _TABLE.fullmatch(desk):
        return {}
    told = [{"Name": name, "Unit": "Seconds" if name in SECONDS else "Count"} for name in known]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["desk"]], "Metrics": told}
    return {"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}, "desk": desk, **known}


def take_over(out: TextIO) -> None:
    """From here on whatever is logged in this process goes to ``out`` as such a line, and in no other way.

    The runtime's own handler would write messages and tracebacks as they are.
    """
    ours = logging.StreamHandler(out)
    ours.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [ours]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(True)
