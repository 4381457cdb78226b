"""Another agency's computer: a real HTTP server on this machine, which answers as it is told and keeps what it got."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from standardwebhooks import Webhook

SECRET = "whsec_" + "c2VjcmV0" * 4

Answer = Callable[[BaseHTTPRequestHandler], None]
FOR_EVER = 3_600.0  # seconds: longer than any test is let run


@dataclass
class Receiver:
    """What has been received. ``answers`` are given in turn, the last again and again."""

    answers: list[Answer]
    server: ThreadingHTTPServer
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_port

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hooks?from=sunlight"

    def verified(self, number: int = -1) -> Any:
        """What it got, checked as the specification says. Raises WebhookVerificationError."""
        return Webhook(SECRET).verify(self.bodies[number], self.headers[number])

    def verified_then(self, number: int = -1, secret: str = SECRET) -> Any:
        """The same by the library's own clock set to when it was signed: the desk's clock was moved."""
        signed_at = datetime.fromtimestamp(int(self.headers[number]["webhook-timestamp"]), UTC)

        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "datetime":  # type: ignore[override]
                return signed_at

        with patch("standardwebhooks.webhooks.datetime", Clock):
            return Webhook(secret).verify(self.bodies[number], self.headers[number])

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """A request has come."""
        self.bodies.append(handler.rfile.read(int(handler.headers["content-length"])))
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        with suppress(BrokenPipeError, ConnectionResetError):  # the desk has heard enough
            answer(handler)


@contextmanager
def receiving(*answers: Answer, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Receiver]:
    """An agency that answers so, at a ``port`` of its own or any."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(list(answers) or [says(204)], server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer in one piece; ``retry_after="5"`` for a header of that name."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hangs(seconds: float) -> Answer:
    """No word for a while."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)

    return answer


def drips(start: bytes, piece: bytes, seconds: float) -> Answer:
    """A little, and a little more, and never the end of it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            handler.wfile.write(piece)
            time.sleep(0.05)

    return answer


def breaks_off(sent: bytes) -> Answer:
    """So much of an answer, and the line is dead."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)

    return answer
