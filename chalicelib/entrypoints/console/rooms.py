"""All rooms of the console: a module of its own, for whoever opens one of them opens them all."""

from chalice.app import Chalice

from chalicelib.entrypoints.console.account import account
from chalicelib.entrypoints.console.accounts import accounts
from chalicelib.entrypoints.console.admin import admin
from chalicelib.entrypoints.console.alike import alike
from chalicelib.entrypoints.console.assessment import assessment
from chalicelib.entrypoints.console.backlog import backlogs
from chalicelib.entrypoints.console.calendar import calendar
from chalicelib.entrypoints.console.case import case
from chalicelib.entrypoints.console.case_file import case_file
from chalicelib.entrypoints.console.chat import chat
from chalicelib.entrypoints.console.contests import contests
from chalicelib.entrypoints.console.counter import desk_counter
from chalicelib.entrypoints.console.elsewhere import elsewhere
from chalicelib.entrypoints.console.exams import exams
from chalicelib.entrypoints.console.formula import formula
from chalicelib.entrypoints.console.halfway import halfway
from chalicelib.entrypoints.console.honours import honours
from chalicelib.entrypoints.console.hook_log import hook_log
from chalicelib.entrypoints.console.hooks import hooks
from chalicelib.entrypoints.console.inbox import inbox
from chalicelib.entrypoints.console.invited import invited
from chalicelib.entrypoints.console.lay import lay
from chalicelib.entrypoints.console.learning import learning
from chalicelib.entrypoints.console.messages import messages
from chalicelib.entrypoints.console.oidc import oidc
from chalicelib.entrypoints.console.papers import papers
from chalicelib.entrypoints.console.places import places
from chalicelib.entrypoints.console.queue import queue
from chalicelib.entrypoints.console.receptions import receptions
from chalicelib.entrypoints.console.reports import reports
from chalicelib.entrypoints.console.session import session
from chalicelib.entrypoints.console.signing import signing
from chalicelib.entrypoints.console.standing import standing
from chalicelib.entrypoints.console.supervision import supervision
from chalicelib.entrypoints.console.terms import terms
from chalicelib.entrypoints.console.to_tell import to_tell
from chalicelib.entrypoints.console.topics import hot
from chalicelib.entrypoints.console.wording import wordings


def register(app: Chalice) -> None:
    """Add the rooms to ``app``."""
    rooms = (
        session,
        halfway,
        oidc,
        account,
        queue,
        chat,
        case,
        alike,
        desk_counter,
        to_tell,
        supervision,
        backlogs,
        lay,
        invited,
        receptions,
        assessment,
        formula,
        exams,
        reports,
        hot,
        learning,
        inbox,
        messages,
        calendar,
        terms,
        hooks,
        hook_log,
        wordings,
        admin,
        accounts,
        signing,
        case_file,
        contests,
        honours,
        papers,
        places,
        elsewhere,
        standing,
    )
    for room in rooms:
        app.register_blueprint(room, url_prefix="/console")
