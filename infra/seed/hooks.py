"""An endpoint of the demo city: two tests were sent to it, and it waits, paused, for an address of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from chalicelib.desk import endpoints, hook_log

NAME = "省信访信息系统（演示）"
ABOUT = "演示：把地址改成贵单位的接收程序，保存后恢复推送，再发送测试。"
ANSWERS = ((503, "系统升级维护中，请稍后再试。"), (200, "收到"))


def connect(now: datetime) -> None:
    """Enter the endpoint, and send its tests to a receiver on this machine, which is gone afterwards."""
    with _receiver() as url:
        endpoint = endpoints.add_endpoint({"name": NAME, "url": url, "about": ABOUT})
        for number, _ in enumerate(ANSWERS):
            hook_log.test(endpoint.id, now - timedelta(hours=20 - number))
    endpoints.close(endpoint.id, endpoints.PAUSED, now - timedelta(hours=18))


@contextmanager
def _receiver() -> Iterator[str]:
    """Answers in turn as ``ANSWERS`` says."""
    left = list(ANSWERS)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, words = left.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, format: str, *args: object) -> None:
            """A seeding tells of nothing else."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks"
        finally:
            server.shutdown()
            thread.join()
