"""What every answer carries, whoever wrote it: also Chalice's own refusals, and a failure that nobody foresaw."""

from typing import Any

from chalice.app import Chalice

from chalicelib.config import config

EVERYWHERE = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""A page of the console has its own policy, and what is for everybody may be kept a while: these stand in for none."""

HTTPS_ONLY = "max-age=31536000"  # seconds; RFC 6797. By plain HTTP, as on a developer's machine, it means nothing


class Guarded(Chalice):
    """The application; what a route forgets of these headers is added to what it answers."""

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one request of the gateway."""
        answer = super().__call__(event, context)
        headers: dict[str, str] = answer.setdefault("headers", {})
        there = {name.lower() for name in (*headers, *answer.get("multiValueHeaders", {}))}
        headers.update({name: value for name, value in EVERYWHERE.items() if name.lower() not in there})
        if not config().local:
            headers["Strict-Transport-Security"] = HTTPS_ONLY
        return answer
