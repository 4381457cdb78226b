"""``python -m infra.local run|reset|export FILE|import FILE``: the whole desk at one address, on this machine."""

import argparse
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from infra import site
from infra.deploy import NotDeployed
from infra.deploy.stages import Stage, load_stage
from infra.local import state
from infra.local.engine import Engine, NotStarted, free_port, taken
from infra.local.front import application
from infra.local.stack import OURS, Stack, client, deploy, order_of
from infra.migrations.steps import LATEST
from infra.package import ROOT, package
from infra.seed import DEMO_ACCOUNTS

FOLDER = Path(os.environ.get("LOCAL_DIR", ROOT / ".local")).resolve()
PORT = int(os.environ.get("PORT", "8000"))
ORIGIN = f"http://127.0.0.1:{PORT}"
STATE = FOLDER / "state"
SITE = FOLDER / "site"
SEEDING = FOLDER / "seeding"  # lies there while the demo city is being laid out
INTERRUPTED = 130


def main() -> int:
    """Do what the command line says; 0 when it was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="start everything and serve it until Ctrl-C")
    running.add_argument("--stage", help="with the settings of this stage's file, saying all that is deployed")
    commands.add_parser("reset", help="forget everything that was filed here")
    for name, words in (
        ("export", "write all data to FILE"),
        ("import", "take all data from FILE, instead of what is here"),
    ):
        commands.add_parser(name, help=words).add_argument("file", type=Path)
    chosen = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a job in the background is born deaf to the first
        signal.signal(number, signal.default_int_handler)
    try:
        return {"run": run, "reset": reset, "export": export, "import": take_in}[chosen.command](chosen)
    except (NotStarted, NotDeployed, state.NotReadable) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"`{' '.join(map(str, error.cmd))}` failed; its words are above", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def run(chosen: argparse.Namespace) -> int:
    """Start, serve, and end everything in order when asked to."""
    stage = load_stage(chosen.stage) if chosen.stage else OURS
    if taken(PORT):
        raise NotStarted(f"port {PORT} is taken; choose another: make run PORT={PORT + 1}")
    with _engine() as engine:
        stack = _deployed(engine, stage)
        _build_site()
        _seed(engine, stack)
        _migrate(engine, stack)
        _serve(engine, stack)
    return 0


@contextmanager
def _engine() -> Iterator[Engine]:
    """The engine over this folder's state, for one process at a time; at the end it has saved what it holds."""
    with _alone():
        if SEEDING.exists():
            _say("the demo city was not finished last time: beginning anew …")
            _forget()
        engine = Engine(_engine_port(), STATE, FOLDER / "ministack.log").start()
        try:
            yield engine
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C would lose what is being saved
            _say("saving what was filed …")
            engine.stop()


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotStarted(f"a desk already runs from {FOLDER}; stop it, or choose another LOCAL_DIR") from error
        yield


def _engine_port() -> int:
    """The engine keeps its port from run to run: addresses of queues hold it."""
    kept = FOLDER / "engine-port"
    if not kept.exists():
        kept.write_text(str(free_port()))
    return int(kept.read_text())


def _deployed(engine: Engine, stage: Stage = OURS) -> Stack:
    made = package(FOLDER / "package")
    _say("deploying the stack …")
    return deploy(engine, made, order_of(stage, ORIGIN, _silent if stage is OURS else _say))


def _silent(words: str) -> None:
    """`make run` is for whoever looks at the desk, not at its deployment."""


def _build_site() -> None:
    """The files that the front serves, where production's come out of the bucket."""
    _say("building the site …")
    shutil.rmtree(SITE, ignore_errors=True)
    site.build(SITE)


def _seed(engine: Engine, stack: Stack) -> None:
    """A city to look at, where nothing was filed yet. In a process of its own: it needs the stack's settings."""
    if client(engine, "dynamodb").scan(TableName=stack.outputs["TableName"], Limit=1)["Count"]:
        return
    _say("laying out the demo city (once) …")
    SEEDING.touch()
    subprocess.run(
        [sys.executable, "-m", "infra.seed"],
        cwd=ROOT,
        check=True,
        env={**os.environ, **stack.environment},
        stdout=sys.stderr,
    )
    SEEDING.unlink()


def _migrate(engine: Engine, stack: Stack) -> None:
    """What an earlier checkout stored here becomes what this one reads; nobody is at work on it yet."""
    where = {"pk": {"S": "schema"}, "sk": {"S": "version"}}
    known = client(engine, "dynamodb").get_item(TableName=stack.outputs["TableName"], Key=where).get("Item")
    if known is not None and int(known["version"]["N"]) >= LATEST:
        return
    command = [sys.executable, "-m", "infra.migrations", "--here"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **stack.environment}, stdout=sys.stderr)


def _serve(engine: Engine, stack: Stack) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            application(stack, SITE),
            host="127.0.0.1",
            port=PORT,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )
    # in a thread: there uvicorn leaves the signals alone, and we end things in our own order
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while thread.is_alive() and not server.started:
            thread.join(0.05)
        if thread.is_alive():
            _greet()
        while thread.is_alive() and engine.process.poll() is None:
            thread.join(0.2)
        raise NotStarted(f"the local stack ended by itself; its words are in {engine.log}")
    except KeyboardInterrupt:
        _say("")
    finally:
        server.should_exit = True
        thread.join()


def _greet() -> None:
    print(f"\n市民 citizens   {ORIGIN}/\n工作台 console  {ORIGIN}/console\n\n演示账号 demo accounts")
    for account in DEMO_ACCOUNTS:
        print(f"  {account.login:<16}{account.password:<20}{account.role:<15}{account.about}")
    print(f"\nCtrl-C 停止 stops everything\nready: {ORIGIN}", flush=True)


def reset(_: argparse.Namespace) -> int:
    """Forget everything that was filed here; what was packaged stays."""
    with _alone():
        _forget()
    print("cleared; the next `make run` begins anew")
    return 0


def _forget() -> None:
    shutil.rmtree(STATE, ignore_errors=True)
    SEEDING.unlink(missing_ok=True)
    (FOLDER / "engine-port").unlink(missing_ok=True)


def export(chosen: argparse.Namespace) -> int:
    """Write all items and objects to a file."""
    return _with_stack(lambda engine, stack: state.export(engine, stack, chosen.file))


def take_in(chosen: argparse.Namespace) -> int:
    """Take all items and objects from a file."""
    return _with_stack(lambda engine, stack: state.take_in(engine, stack, chosen.file))


def _with_stack(work: Callable[[Engine, Stack], str]) -> int:
    with _engine() as engine:
        print(work(engine, _deployed(engine)))
    return 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main())
