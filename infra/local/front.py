"""One address for everything, as the CDN gives it in production: the site, the API, the console, the uploads."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from chalicelib.entrypoints.guarded import EVERYWHERE
from infra.local.stack import Stack

SITE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": EVERYWHERE["Permissions-Policy"],
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
FILE_HEADERS = {  # of what others uploaded: it is saved, and were it opened all the same, it could do nothing
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect"}
WRITTEN_HERE = {"host", "content-length", "x-forwarded-for", "cloudfront-viewer-address"}
OF_THE_ENGINE = {"date", "server"}
WAITS = 35.0  # seconds: the gateway itself gives up after 29


@dataclass(frozen=True, slots=True)
class Front:
    """The routes over one stack and one built site."""

    stack: Stack
    site: Path
    client: httpx.AsyncClient

    async def functions(self, request: Request) -> Response:
        """API and console: the stack's gateway, under its stage."""
        return await self._passed_on(request, self.stack.api, request.scope["raw_path"])

    async def uploads(self, request: Request) -> Response:
        """The uploads bucket."""
        bucket = f"{self.stack.engine_url}/{self.stack.outputs['UploadsBucketName']}"
        answer = await self._passed_on(request, bucket, request.scope["raw_path"].removeprefix(b"/uploads"))
        answer.headers.update({"Cache-Control": "no-store"} | FILE_HEADERS)
        return answer

    async def pages(self, request: Request) -> Response:
        """The site's files, from where they were built."""
        file = (self.site / request.path_params["path"]).resolve()
        if not file.is_relative_to(self.site.resolve()):
            return PlainTextResponse("no such page", 404)
        if file.is_dir():
            if not request.url.path.endswith("/"):  # without it the page's relative links would lead elsewhere
                return RedirectResponse(f"{request.url.path}/", 301)
            file = file / "index.html"
        if file.is_file():
            return FileResponse(file, headers=SITE_HEADERS)
        return FileResponse(self.site / "404.html", 404, headers=SITE_HEADERS)

    async def _passed_on(self, request: Request, base: str, path: bytes) -> Response:
        """What stands behind answers, byte for byte as it was asked and as it answered."""
        query = request.scope["query_string"]
        place = httpx.URL(base)
        target = place.copy_with(raw_path=place.raw_path + path + (b"?" + query if query else b""))
        headers = [*_without(request.headers.items(), OF_ONE_HOP | WRITTEN_HERE), *_viewer(request)]
        # built here, not by the client: that would add the cookies of whoever was answered before
        asked = httpx.Request(request.method, target, headers=headers, content=await request.body())
        try:
            answer = await self.client.send(asked, stream=True)
            content = b"".join([chunk async for chunk in answer.aiter_raw()])
        except httpx.TransportError as error:
            return PlainTextResponse(f"the local stack does not answer: {type(error).__name__}", 502)
        response = Response(content, answer.status_code)
        response.raw_headers += [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in _without(answer.headers.multi_items(), OF_ONE_HOP | WRITTEN_HERE | OF_THE_ENGINE)
        ]
        return response


def _without(headers: Iterable[tuple[str, str]], names: set[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _viewer(request: Request) -> list[tuple[str, str]]:
    """Who asks, in the header that the CDN writes and no visitor can."""
    if request.client is None:
        return []
    return [("cloudfront-viewer-address", f"{request.client.host}:{request.client.port}")]


def application(stack: Stack, site: Path, client: httpx.AsyncClient | None = None) -> Starlette:
    """The front as an ASGI application; ``client`` is how it speaks to the stack."""
    front = Front(stack, site, client or httpx.AsyncClient(timeout=WAITS, trust_env=False))
    return Starlette(
        routes=[
            Route("/api/{rest:path}", front.functions, methods=METHODS),
            Route("/openapi.json", front.functions, methods=METHODS),
            Route("/.well-known/security.txt", front.functions, methods=METHODS),
            Route("/console", front.functions, methods=METHODS),
            Route("/console/{rest:path}", front.functions, methods=METHODS),
            Route("/uploads/{key:path}", front.uploads, methods=METHODS),
            Route("/{path:path}", front.pages, methods=["GET", "HEAD"]),
        ]
    )
