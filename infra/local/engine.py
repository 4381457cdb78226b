"""ministack: the AWS of one machine, as a process of its own."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from infra.package import ROOT

BINARY = Path(os.environ.get("MINISTACK", ROOT / ".venv-stack" / "bin" / "ministack"))
REGION = "cn-north-1"
STARTS_WITHIN = 30  # seconds
STOPS_WITHIN = 60  # seconds: it writes its state on the way out
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": REGION}


class NotStarted(RuntimeError):
    """The engine did not come up. The message says where its own words are."""


@dataclass
class Engine:
    """A running ministack. ``state``: the folder it restores from and saves to; None for one that forgets."""

    port: int
    state: Path | None
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        """Where its services answer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to speak to it instead of AWS."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.url}

    def start(self) -> "Engine":
        """Start it and wait until it answers. Raises NotStarted."""
        if not BINARY.exists():
            raise NotStarted(f"{BINARY} is missing: `make run` installs it")
        _go_round_proxies()
        self._end_one_left_behind()
        if taken(self.port):
            raise NotStarted(f"port {self.port}, on which the local AWS was set up, is taken; free it, or `make reset`")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, **self.environment, **self._settings()}
        with self.log.open("ab") as log:
            # a session of its own: Ctrl-C reaches us first, and we end it in order, so that it saves its state
            self.process = subprocess.Popen(
                [BINARY], env=environment, stdout=log, stderr=log, start_new_session=True, cwd=self.log.parent
            )
        self._pid.write_text(str(self.process.pid))
        try:
            self._wait()
        except BaseException:  # Ctrl-C too: nothing of ours may be left behind
            self.stop()
            raise
        return self

    @property
    def _pid(self) -> Path:
        return self.log.with_suffix(".pid")

    def _end_one_left_behind(self) -> None:
        """Whoever started it was killed; ended in order, it still saves what it holds."""
        if not (self._pid.exists() and answers(self.port)):
            return
        os.kill(int(self._pid.read_text()), signal.SIGTERM)
        until = time.monotonic() + STOPS_WITHIN
        while answers(self.port) and time.monotonic() < until:
            time.sleep(0.1)

    def _settings(self) -> dict[str, str]:
        settings = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "EDGE_PORT": str(self.port),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
        }
        if self.state is not None:
            self.state.mkdir(parents=True, exist_ok=True)
            settings |= {
                "PERSIST_STATE": "1",
                "S3_PERSIST": "1",
                "STATE_DIR": str(self.state / "services"),
                "S3_DATA_DIR": str(self.state / "objects"),
            }
        return settings

    def _wait(self) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            if answers(self.port):
                return
            time.sleep(0.1)
        raise NotStarted(f"ministack did not start; its words are in {self.log}")

    def stop(self) -> None:
        """End it in order; it writes its state first."""
        self._pid.unlink(missing_ok=True)
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _go_round_proxies() -> None:
    """A proxy that this machine is told to use knows nothing of its own addresses."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1,localhost"]))


def answers(port: int) -> bool:
    """Whether a ministack answers at a port of this machine."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
