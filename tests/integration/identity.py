"""The city's own provider: a real OpenID Provider on this machine, whose answers can be bent on their way."""

import json
import os
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Response

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # this machine alone, in clear

Bend = Callable[[dict[str, Any], dict[str, Any]], str | None]
Start = Callable[..., Any]


class Identity:
    """The provider. ``bend``: makes another token of the header and claims of the one that was issued; ``keys``: signs
    and publishes keys of its own instead of the provider's.
    """

    def __init__(self) -> None:
        from oidc_provider_mock import app

        self.provider = app(require_nonce=True)
        self.people = Client(self.provider, Response)
        self.bend: Bend | None = None
        self.keys: dict[str, RSAPrivateKey] = {}
        self.down = False
        self.challenges: dict[str, str] = {}
        self.asked: list[str] = []
        self.issuer = ""

    def knows(self, subject: str, **claims: object) -> None:
        """Somebody has an account at the provider."""
        self.people.put(f"/users/{subject}", json=claims)

    def agrees(self, address: str, subject: str) -> str:
        """Somebody goes where the desk sent the browser, and says yes; gives where the browser is sent back to."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["code_challenge_method"] == "S256"
        answer = self.people.post(f"{parts.path}?{parts.query}", base_url=self.issuer, data={"sub": subject})
        back = answer.headers["Location"]
        self.challenges[parse_qs(urlsplit(back).query)["code"][0]] = asked["code_challenge"]
        return str(back)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """The provider as a web server, with what is bent."""
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if self.down:
            return Response("bad gateway", 502)(environ, start)
        if path == "/jwks" and self.keys:
            return Response(json.dumps({"keys": self._published()}), mimetype="application/json")(environ, start)
        if path != "/oauth2/token":
            answered: Iterable[bytes] = self.provider(environ, start)
            return answered
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        made = sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(made).decode().rstrip("=") != self.challenges.get(form["code"]):  # RFC 7636, 4.6
            return Response('{"error": "invalid_grant"}', 400, mimetype="application/json")(environ, start)
        answer = Client(self.provider, Response).post(
            path, base_url=self.issuer, data=body, headers={"Authorization": environ.get("HTTP_AUTHORIZATION", "")},
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        said = json.loads(answer.data)
        if "id_token" in said:
            said["id_token"] = self._bent(said["id_token"])
        return Response(json.dumps(said), answer.status_code, mimetype="application/json")(environ, start)

    def _published(self) -> list[dict[str, Any]]:
        as_jwk = jwt.algorithms.RSAAlgorithm.to_jwk
        return [{**as_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"} for kid, key in self.keys.items()]

    def _bent(self, token: str) -> str:
        header, claims = (json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
        made = self.bend(header, claims) if self.bend is not None else None
        if made is None and self.keys:
            kid, key = list(self.keys.items())[-1]
            made = jwt.encode(claims, key, "RS256", headers={"kid": kid})
        return made or token


def new_key() -> RSAPrivateKey:
    """A key to sign with: short, for it is made often and protects nothing."""
    return generate_private_key(65537, 2048)


@contextmanager
def identity() -> Iterator[Identity]:
    """A provider at work."""
    made = Identity()
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
