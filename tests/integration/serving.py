"""The whole application behind a real HTTP server on this machine, as the gateway calls it; for clients of others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from chalice.test import Client

from tests.integration.promised import hold


@contextmanager
def serving() -> Iterator[str]:
    """Its address. One request at a time: moto is not made for more."""
    from app import app

    with Client(app) as client:

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("GET")

            def do_POST(self) -> None:
                self._answer("POST")

            def _answer(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = client.http.request(method, self.path, headers=dict(self.headers.items()), body=body)
                hold(method, self.path, answer.status_code, answer.headers, answer.body, body)
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    self.send_header(name, str(value))
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
