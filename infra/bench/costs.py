"""What a life costs, and a city of a million petitions a month: counted operations times the prices of one file."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from infra import template
from infra.bench.life import Life, live
from infra.package import ROOT

GB = 1_000_000_000
A_CITY = 1_000_000  # petitions a month
SECONDS_A_MONTH = 30 * 86_400
DIGITS = 7
S3_WRITES = ("s3.PutObject", "s3.CopyObject")  # and lists; deleting is free
S3_READS = ("s3.GetObject", "s3.HeadObject")


class Region(msgspec.Struct, frozen=True):
    """What a region asks, in its currency; ``per_month`` for what stands whether anybody writes or not."""

    currency: str
    sources: tuple[str, ...]
    per_unit: dict[str, float]
    per_month: dict[str, float]
    not_seen_again: tuple[str, ...] = ()  # of these no page was at hand on the day of the look-up


class Assumed(msgspec.Struct, frozen=True):
    """What no run on one machine can count."""

    lambda_mb_of_a_cpu: int
    ms_waiting_for_a_call: float
    log_bytes_an_invocation: int
    idle_polls_a_second_and_queue: float
    firewall_rules: int
    months_kept: int
    why: str


class Prices(msgspec.Struct, frozen=True):
    """The one dated file."""

    looked_up: str
    note: str
    regions: dict[str, Region]
    assumed: Assumed


@cache
def prices() -> Prices:
    """The prices as they were looked up."""
    return msgspec.json.decode(Path(__file__).with_name("prices.json").read_bytes(), type=Prices)


def measure() -> dict[str, object]:
    """One life, its operations and what they cost by region; and a city's month, with what stands and what is kept."""
    life, regions = live(), prices().regions
    used, kept = operations(life), _kept(life)
    known = {name: region for name, region in regions.items() if not _missing(region, used)}
    return {
        "life_operations": {name: round(number, DIGITS) for name, number in used.items()},
        "life_functions": {name: _of_function(life, name) for name in life.by_function},
        "life_stored_bytes": life.whole.stored_bytes,
        "life_sms": life.whole.calls["sns.Publish"],
        "prices_of": prices().looked_up,
        "life_cost": {name: _life_cost(region, used) for name, region in regions.items()},
        "city_month_cost": {name: _city_cost(region, used, kept) for name, region in known.items()},
    }


def operations(life: Life) -> dict[str, float]:
    """What is billed by use. Of SMS the price is the contract's, and it stands apart."""
    whole = life.whole
    return {
        "lambda_requests": sum(life.invoked.values()),
        "lambda_gb_seconds": sum(_gb_seconds(life, name) for name in life.by_function),
        "gateway_requests": life.api_requests,
        "write_units": whole.write_units,
        "read_units": whole.read_units,
        "queue_requests": _of_service(whole.calls, "sqs") + life.queue_requests,
        "s3_writes": sum(whole.calls[name] for name in S3_WRITES) + life.uploads,
        "s3_reads": sum(whole.calls[name] for name in S3_READS),
        "kms_requests": _of_service(whole.calls, "kms"),
        "front_requests": life.front_requests,
        "front_gb": life.bytes_out / GB,
        "firewall_requests": life.front_requests,
        "log_gb": sum(life.invoked.values()) * prices().assumed.log_bytes_an_invocation / GB,
        "mails": whole.calls["sesv2.SendEmail"],
    }


def _of_service(calls: Mapping[str, int], service: str) -> int:
    return sum(number for name, number in calls.items() if name.partition(".")[0] == service)


def _gb_seconds(life: Life, name: str) -> float:
    """A function has the share of a CPU that its memory is; while it waits for AWS, it is paid as well."""
    assumed, meter, memory = prices().assumed, life.by_function[name], _memory()[name]
    computing: float = meter.cpu_seconds * max(1.0, assumed.lambda_mb_of_a_cpu / memory)
    return (computing + meter.number * assumed.ms_waiting_for_a_call / 1000) * memory / 1024


@cache
def _memory() -> dict[str, int]:
    """Megabytes by function, as they are deployed."""
    stages = json.loads(Path(ROOT, ".chalice", "config.json").read_text("utf-8"))["stages"]
    (stage,) = stages.values()
    return {name: one["lambda_memory_size"] for name, one in stage["lambda_functions"].items()}


def _of_function(life: Life, name: str) -> dict[str, float]:
    meter = life.by_function[name]
    return {
        "invocations": life.invoked[name],
        "aws_calls": meter.number,
        "read_units": meter.read_units,
        "write_units": meter.write_units,
        "cpu_ms": round(meter.cpu_seconds * 1000, 1),
        "gb_seconds": round(_gb_seconds(life, name), 3),
    }


def _kept(life: Life) -> dict[str, float]:
    """GB that a life leaves behind; the table's are kept a second time, for recovery."""
    table = life.whole.stored_bytes / GB
    return {"table_gb_month": table, "recovery_gb_month": table, "object_gb_month": life.uploaded_bytes / GB}


def _missing(region: Region, used: dict[str, float]) -> list[str]:
    wanted = [*used, "table_gb_month", "recovery_gb_month", "object_gb_month"]
    return sorted(name for name in wanted if name not in region.per_unit)


def _life_cost(region: Region, used: dict[str, float]) -> dict[str, object]:
    """By what is billed, dearest first; the sum only where every price is known."""
    parts = {name: number * region.per_unit[name] for name, number in used.items() if name in region.per_unit}
    told: dict[str, object] = {"currency": region.currency}
    missing = _missing(region, used)
    told |= {"prices_not_found": missing} if missing else {"whole": round(sum(parts.values()), DIGITS)}
    told |= {"prices_not_seen_again": region.not_seen_again} if region.not_seen_again else {}
    dearest = sorted(parts.items(), key=lambda part: -part[1])
    return told | {"parts": {name: round(cost, DIGITS) for name, cost in dearest}}


def _city_cost(region: Region, used: dict[str, float], kept: dict[str, float]) -> dict[str, object]:
    assumed = prices().assumed
    lives = A_CITY * sum(number * region.per_unit[name] for name, number in used.items())
    stands = _standing(region)
    months = assumed.months_kept
    stock = A_CITY * months * sum(number * region.per_unit[name] for name, number in kept.items())
    return {
        "currency": region.currency,
        "petitions": A_CITY,
        "lives": round(lives, 2),
        "standing": round(stands, 2),
        f"kept_for_{months}_months": round(stock, 2),
        "whole": round(lives + stands + stock, 2),
    }


def _standing(region: Region) -> float:
    """What a stack costs in a month in which nobody writes."""
    kinds: list[str] = [one.get("Type", "") for one in template.whole()["Resources"].values()]
    queues = sum(kind == "AWS::SQS::Queue" for kind in kinds) // 2  # the other half are dead letters: nobody asks them
    polls: float = queues * prices().assumed.idle_polls_a_second_and_queue * SECONDS_A_MONTH
    fixed = {
        "key": kinds.count("AWS::KMS::Key"),
        "alarm": kinds.count("AWS::CloudWatch::Alarm"),
        "dashboard": kinds.count("AWS::CloudWatch::Dashboard"),
        "firewall": kinds.count("AWS::WAFv2::WebACL"),
        "firewall_rule": kinds.count("AWS::WAFv2::WebACL") * prices().assumed.firewall_rules,
    }
    standing: float = sum(number * region.per_month[name] for name, number in fixed.items())
    return standing + polls * region.per_unit["queue_requests"]
