"""Signing in by the city's own provider: there and back."""

from datetime import UTC, datetime

from chalice.app import Blueprint, Response

from chalicelib.desk import provider
from chalicelib.domain.errors import Refused
from chalicelib.entrypoints.answers import refusal_words, status_of
from chalicelib.entrypoints.console.session import device, sign_in_form, signed_in
from chalicelib.entrypoints.console.visits import FLOW, language_of, redirect, secret_cookie, secret_of, token_of

oidc = Blueprint(__name__)


@oidc.route("/oidc/start", methods=["GET"])
def start() -> Response:
    """To the provider. A link, not a form: the console's policy lets no form lead elsewhere."""
    request = oidc.current_request
    try:
        address, flow = provider.begin(datetime.now(UTC))
    except Refused as refused:
        language = language_of(request, {})
        return sign_in_form(language, refusal_words(refused, language), "", status_of(refused))
    return redirect(address, secret_cookie(FLOW, flow, int(provider.WITHIN.total_seconds())))


@oidc.route("/oidc/callback", methods=["GET"])
def callback() -> Response:
    """Back from the provider."""
    request = oidc.current_request
    query = dict((request.query_params or {}).items())
    try:
        token = provider.finish(secret_of(request, FLOW), query, datetime.now(UTC), device(request), token_of(request))
    except Refused as refused:
        language = language_of(request, {})
        return sign_in_form(language, refusal_words(refused, language), "", status_of(refused))
    return signed_in(token)
