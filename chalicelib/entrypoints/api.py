"""What programs and the citizens' pages call: one Blueprint a file, each a wing of its own."""

from collections.abc import Callable

from chalice.app import Blueprint

from chalicelib.entrypoints import (
    agencies,
    alike,
    campaign,
    challenges,
    chat,
    decisions,
    health,
    honours,
    inbound,
    intake,
    open311,
    openapi,
    receptions,
    record,
    security_contact,
    webhook_schemas,
)
from chalicelib.entrypoints.wings import Beginnings, Register


def _part(blueprint: Callable[[], Blueprint]) -> Register:
    return lambda app: app.register_blueprint(blueprint())


WINGS: dict[Beginnings, Register] = {
    ("/api/submissions", "/api/tracking", "/api/uploads", "/api/desk"): _part(lambda: intake.intake),
    ("/api/agencies",): _part(lambda: agencies.agencies),
    ("/api/receptions", "/api/bookings"): _part(lambda: receptions.receptions),
    ("/api/decisions",): _part(lambda: decisions.decisions),
    ("/api/alike",): _part(lambda: alike.alike),
    ("/api/roots", "/api/verification"): _part(lambda: record.record),
    ("/api/challenges",): _part(lambda: challenges.challenges),
    ("/api/health",): _part(lambda: health.health),
    ("/.well-known",): _part(lambda: security_contact.security_contact),
    ("/api/campaign",): _part(lambda: campaign.campaign),
    ("/api/honours",): _part(lambda: honours.honours),
    ("/api/webhooks",): _part(lambda: webhook_schemas.webhook_schemas),
    ("/api/chat",): _part(lambda: chat.chat),
    ("/api/mail", "/api/sms"): _part(lambda: inbound.inbound),
    ("/api/open311",): _part(lambda: open311.open311),
    (): _part(lambda: openapi.openapi),  # its document is of them all
}
