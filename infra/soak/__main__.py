"""``python -m infra.soak``: a deployed desk under load and faults, on this machine only. One JSON object.

``DURATION`` seconds, ``SEED``, ``CITIZENS`` and ``HANDLERS`` are read from the environment. Exit code 1 when anything
is lost, told twice, stuck or broken: the first of it is named, and the evidence is kept. docs/soak.md says what each
figure means.
"""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from tqdm import tqdm

from infra.deploy import NotDeployed
from infra.local.engine import Engine, NotStarted, free_port
from infra.local.front import application
from infra.local.stack import OURS, Stack, deploy, order_of
from infra.package import ROOT, package
from infra.soak import draining, judging, stage
from infra.soak.agencies import Refers
from infra.soak.citizens import Citizen
from infra.soak.handlers import Handler
from infra.soak.outside import Outside
from infra.soak.plan import Plan, planned
from infra.soak.proxy import Proxy
from infra.soak.tally import Tally, percentile
from infra.soak.victims import Victim, end, whose

FOLDER = Path(os.environ.get("SOAK_DIR", ROOT / ".local" / "soak")).resolve()
LONGEST = 3_600.0  # seconds: a soak is bounded
MOST_CITIZENS, MOST_HANDLERS = 200, 60
DRAINS_WITHIN = 480.0  # seconds
RUNS_EMPTY_WITHIN = 150.0  # longer than a queue hides a message that was not acted upon
SWEEPS_EVERY = 20.0
INTERRUPTED = 130


class Run(msgspec.Struct):
    """One soak. ``told``: what the desk told the outside."""

    plan: Plan
    citizens: int
    handlers: int
    evidence: Path
    tally: Tally = msgspec.field(default_factory=Tally)
    sweeps: Counter[str] = msgspec.field(default_factory=Counter)


def main() -> int:
    """Run it; 0 when every bar held."""
    duration = min(float(os.environ.get("DURATION") or 600), LONGEST)
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(10**6))
    evidence = FOLDER / f"seed-{seed}"
    evidence.mkdir(parents=True, exist_ok=True)
    run = Run(
        planned(seed, duration),
        min(int(os.environ.get("CITIZENS") or 50), MOST_CITIZENS),
        min(int(os.environ.get("HANDLERS") or 20), MOST_HANDLERS),
        evidence,
    )
    for number in (signal.SIGINT, signal.SIGTERM):  # a job in the background is born deaf to the first
        signal.signal(number, signal.default_int_handler)
    try:
        found, broken = asyncio.run(_soak(run))
    except (NotStarted, NotDeployed) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    print(json.dumps(found, ensure_ascii=False, indent=2))
    if not broken:
        return 0
    lines = [f"{one.what}: {one.where}: {one.why}" for one in broken]
    (evidence / "broken.txt").write_text("\n".join([*lines, *run.tally.differing]), "utf-8")
    (evidence / "errors.txt").write_text("\n".join(run.tally.errors), "utf-8")
    print(f"{len(lines)} broken, the first: {lines[0]}\nthe evidence is in {evidence}", file=sys.stderr)
    return 1


async def _soak(run: Run) -> tuple[dict[str, object], list[judging.Broken]]:
    with tempfile.TemporaryDirectory(prefix="sunlight-soak-") as folder:
        engine = Engine(free_port(), None, run.evidence / "engine.log")
        engine.log.unlink(missing_ok=True)
        os.environ["TMPDIR"] = folder  # where the engine unpacks the functions: who is killed does not tidy up
        engine.start()
        try:
            front, outside_port = free_port(), free_port()
            made = await asyncio.to_thread(package, FOLDER / "package")
            _say("deploying the stack …")
            origin = f"http://127.0.0.1:{front}"
            stack = await asyncio.to_thread(deploy, engine, made, order_of(OURS, origin, _say))
            async with AsyncExitStack() as standing:
                outside = Outside(run.plan.chance("outside"), stage.secret())
                address = f"http://127.0.0.1:{outside_port}"
                await standing.enter_async_context(stage.served(outside.application(), outside_port))
                await standing.enter_async_context(
                    stage.served(application(stack, Path(folder), stage.patient()), front)
                )
                proxy = Proxy(engine.url, run.plan, lambda port: _killed(engine, proxy_port, port))
                at = await proxy.start()
                proxy_port = int(at.rpartition(":")[2])
                return await _under(run, engine, stack, proxy, at, outside, address)
        finally:
            engine.stop()


def _killed(engine: Engine, proxy: int, port: int) -> Victim | None:
    victim = whose(port, proxy, engine.process.pid)
    return victim if victim is not None and end(victim, engine.process.pid) else None


async def _under(
    run: Run, engine: Engine, stack: Stack, proxy: Proxy, at: str, outside: Outside, address: str
) -> tuple[dict[str, object], list[judging.Broken]]:
    sms = {"SUNLIGHT_SMS": "http", "SUNLIGHT_SMS_URL": f"{address}/sms"}
    staff = stage.team(run.handlers)
    stage.become_part_of(stack, sms)
    outside.secrets, keys = await asyncio.to_thread(stage.furnish, staff, address, outside.sms_secret)
    await asyncio.to_thread(stage.settle)
    await asyncio.to_thread(stage.divert, engine, at, sms)
    await asyncio.to_thread(stage.bound, engine, stack)
    chance, origin = run.plan.chance, stack.origin
    citizens = [Citizen(n, chance(f"citizen {n}"), origin, run.tally) for n in range(run.citizens)]
    handlers = [Handler(n, one, chance(one.login), origin, run.tally, stage.UNITS) for n, one in enumerate(staff)]
    agencies = [Refers(name, key, chance(name), origin, run.tally) for name, key in keys.items()]
    sweep = stage.sweeper(engine)

    await stage.warm(origin)
    until = time.monotonic() + run.plan.duration
    proxy.storm()
    outside.calm = False
    work = [one.live(until) for one in citizens] + [one.work(until) for one in handlers]
    work += [one.work(until) for one in agencies]
    await asyncio.gather(*work, _swept(run, sweep, until), _progress(run, proxy, until))
    proxy.calm = outside.calm = True
    _say("the storm is over: what had no answer is sent again …")
    await asyncio.gather(*(one.come_again() for one in citizens), *(one.come_again() for one in agencies))
    before = len(outside.sms)
    drained = await asyncio.to_thread(draining.wait, sweep, DRAINS_WITHIN, _say)
    await asyncio.to_thread(draining.play_ahead, drained, datetime.now(UTC))
    lying = await asyncio.to_thread(draining.run_empty, drained, RUNS_EMPTY_WITHIN)
    broken, checked = await asyncio.to_thread(_judged, run, outside, lying)
    await proxy.stop()
    found = _figures(run, proxy, outside, drained, broken, before)
    return {**found, **checked}, broken


async def _swept(run: Run, sweep: stage.Sweep, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(SWEEPS_EVERY)
        error = await asyncio.to_thread(sweep)
        run.sweeps["failed" if error else "done"] += 1


async def _progress(run: Run, proxy: Proxy, until: float) -> None:
    total = int(run.plan.duration)
    with tqdm(total=total, unit=" s", file=sys.stderr, dynamic_ncols=True) as bar:
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(1.0, left))
            bar.update(max(0, total - int(max(0.0, until - time.monotonic())) - bar.n))
            tally = run.tally
            bar.set_postfix_str(
                f"{len(tally.receipts)}/{tally.letters} letters, {len(tally.steps)} steps, "
                f"{proxy.faults.total()} faults, {tally.statuses['5xx']} of 5xx",
                refresh=False,
            )


def _judged(run: Run, outside: Outside, lying: draining.Queues) -> tuple[list[judging.Broken], dict[str, object]]:
    """What is broken, the worst first; and the figures of the record."""
    from chalicelib.desk import cities
    from infra.soak import desk
    from infra.verify import verify

    kept, texts, tally = desk.read(), outside.texts(), run.tally
    record = verify()
    chains = [
        judging.Broken("chain", one.case or one.day or "", f"event {one.event}: {one.why}") for one in record.faults
    ]
    differing = [judging.Broken("lost", "form", words) for words in tally.differing]
    broken = [
        *differing,
        *judging.lost(kept, tally.receipts, tally.said, tally.steps),
        *chains,
        *judging.duplicates(kept, texts),
        *judging.untold(kept, texts),
        *judging.stuck(kept, lying, datetime.now(UTC)),
        *judging.untaken(kept, cities.refreshed().endpoints, outside.taken),
    ]
    figures = {name: value for name, value in asdict(record).items() if name != "faults"}
    notices = Counter(f"{one.way} {one.state}" for case in kept.cases.values() for one in case.notices)
    return broken, {"record": figures, "notices": dict(notices)}


def _figures(
    run: Run, proxy: Proxy, outside: Outside, drained: draining.Drained, broken: list[judging.Broken], before: int
) -> dict[str, object]:
    tally = run.tally
    kinds = Counter(one.what for one in broken)
    times = [value for values in tally.milliseconds.values() for value in values]
    names = [name for name, _ in outside.texts()]
    return {
        "seed": run.plan.seed,
        "seconds": run.plan.duration,
        "citizens": run.citizens,
        "handlers": run.handlers,
        "sent": tally.letters,
        "acknowledged": len(tally.receipts),
        "lost": kinds["lost"],
        "duplicate_notices": kinds["duplicate"],
        "untold_notices": kinds["untold"],
        "stuck": kinds["stuck"],
        "chain_breaks": kinds["chain"],
        "untaken_webhooks": kinds["untaken"],
        "faults": dict(proxy.faults),
        "killed": dict(proxy.killed),
        "spells": [f"{one.service} {one.kind} at {one.begins:.0f} s" for one in run.plan.spells],
        "http_5xx": tally.statuses["5xx"],
        "unanswered": tally.unanswered,
        "requests": len(times),
        "requests_a_second": round(len(times) / run.plan.duration, 2),
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "p99_ms": percentile(times, 0.99),
        "by_kind": {
            kind: {"number": len(values), "p50_ms": percentile(values, 0.5), "p95_ms": percentile(values, 0.95)}
            for kind, values in sorted(tally.milliseconds.items())
        },
        "retries": tally.retries,
        "refused": dict(tally.refused.most_common()),
        "said": dict(Counter(one.what for one in tally.said)),
        "steps": dict(Counter(one.noun for one in tally.steps)),
        "aws_calls": proxy.calls.total(),
        "sweeps": dict(run.sweeps),
        "sms": {
            "taken": len(names),
            "same_id_again": len(names) - len(set(names)),
            "in_the_drain": len(names) - before,
        },
        "webhooks": {
            "taken": {name: len(told) for name, told in outside.taken.items()},
            "same_id_again": {name: len(told) - len({one.id for one in told}) for name, told in outside.taken.items()},
            "refused": dict(outside.failed),
            "unsigned": outside.unsigned,
        },
        "drain": msgspec.to_builtins(drained),
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
