"""What each step of a case asks of its form, and the use case it calls."""

from chalicelib.desk import after_reply, handling, known, publishing, timing, working
from chalicelib.domain.words import Action, DeclineGround, Outcome, ReworkGround, Satisfaction, Solved
from chalicelib.entrypoints.console.categories import chosen_category
from chalicelib.entrypoints.console.fields import chosen, day, number, yes
from chalicelib.entrypoints.console.steps_agencies import AGENCIES
from chalicelib.entrypoints.console.steps_arranging import ARRANGING, Step
from chalicelib.entrypoints.console.steps_lay import LAY, ticked
from chalicelib.entrypoints.console.steps_orders import ORDERS
from chalicelib.entrypoints.console.steps_reading import READING

BESIDES = AGENCIES | ORDERS | ARRANGING | LAY | READING

STEPS: dict[str, tuple[Action, Step]] = {
    "registration": (
        Action.REGISTER,
        lambda case_id, version, visit: handling.register(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            chosen_category(visit),
            visit.form.get("area") or None,
        ),
    ),
    "acceptance": (
        Action.ACCEPT,
        lambda case_id, version, visit: handling.accept(
            case_id, version, visit.seat.staff, visit.now, chosen_category(visit)
        ),
    ),
    "dispatch": (
        Action.DISPATCH,
        lambda case_id, version, visit: handling.dispatch(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("unit", ""),
            visit.form.get("note", ""),
            chosen_category(visit),
        ),
    ),
    "refusal": (
        Action.DECLINE,
        lambda case_id, version, visit: handling.decline(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            chosen(DeclineGround, "ground", visit),
            visit.form.get("where_to", ""),
        ),
    ),
    "joining": (
        Action.JOIN,
        lambda case_id, version, visit: handling.join(
            case_id, version, visit.seat.staff, visit.now, working.find(visit.seat.staff, visit.form.get("into", ""))
        ),
    ),
    "known-result": (
        Action.ANSWER_KNOWN,
        lambda case_id, version, visit: known.answer_known(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            working.find(visit.seat.staff, visit.form.get("earlier", "")),
            visit.form.get("text", ""),
            chosen(Outcome, "outcome", visit),
            visit.form.get("seen", ""),
        ),
    ),
    "referral": (
        Action.REFER,
        lambda case_id, version, visit: handling.refer(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("agency", ""),
            visit.form.get("words", ""),
            visit.form.get("their_number", ""),
        ),
    ),
    "extension-grant": (
        Action.GRANT_EXTENSION,
        lambda case_id, version, visit: timing.grant_extension(case_id, version, visit.seat.staff, visit.now),
    ),
    "extension-endorsement": (
        Action.ENDORSE_EXTENSION,
        lambda case_id, version, visit: timing.endorse_extension(case_id, version, visit.seat.staff, visit.now),
    ),
    "extension-refusal": (
        Action.REFUSE_EXTENSION,
        lambda case_id, version, visit: timing.refuse_extension(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "signature": (
        Action.SIGN,
        lambda case_id, version, visit: handling.sign(case_id, version, visit.seat.staff, visit.now),
    ),
    "opinion": (
        Action.DECIDE_REVIEW,
        lambda case_id, version, visit: after_reply.decide_review(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            yes("upheld", visit),
            visit.form.get("text", ""),
        ),
    ),
    "hearing": (
        Action.HOLD_HEARING,
        lambda case_id, version, visit: after_reply.hold_hearing(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("on", ""),
            visit.form.get("present", ""),
            visit.form.get("minutes", ""),
            ticked(visit),
        ),
    ),
    "reply": (
        Action.REPLY,
        lambda case_id, version, visit: handling.reply(case_id, version, visit.seat.staff, visit.now),
    ),
    "draft-return": (
        Action.SEND_BACK,
        lambda case_id, version, visit: handling.send_back(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "draft": (
        Action.DRAFT,
        lambda case_id, version, visit: handling.draft(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("text", ""),
            outcome := chosen(Outcome, "outcome", visit),
            day("done_on", visit) if outcome is Outcome.BY_DATE else None,
        ),
    ),
    "call": (
        Action.CALL_BACK,
        lambda case_id, version, visit: after_reply.call_back(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            reached := yes("reached", visit),
            chosen(Solved, "solved", visit) if reached else None,
            chosen(Satisfaction, "satisfaction", visit) if reached else None,
            visit.form.get("words", ""),
        ),
    ),
    "publication": (
        Action.PUBLISH_DECISION,
        lambda case_id, version, visit: publishing.publish_decision(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("title", ""), visit.form.get("text", "")
        ),
    ),
    "withholding": (
        Action.WITHHOLD_DECISION,
        lambda case_id, version, visit: publishing.withhold_decision(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "retraction": (
        Action.TAKE_DOWN_DECISION,
        lambda case_id, version, visit: publishing.take_down_decision(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "rework": (
        Action.REWORK,
        lambda case_id, version, visit: after_reply.rework(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            chosen(ReworkGround, "ground", visit),
            visit.form.get("words", ""),
        ),
    ),
    "resumption": (
        Action.RESUME,
        lambda case_id, version, visit: timing.resume(case_id, version, visit.seat.staff, visit.now),
    ),
    "note": (
        Action.NOTE,
        lambda case_id, version, visit: handling.note(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("text", ""),
            visit.form.get("public") == "yes",
        ),
    ),
    "question": (
        Action.ASK,
        lambda case_id, version, visit: timing.ask(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("question", "")
        ),
    ),
    "extension": (
        Action.ASK_EXTENSION,
        lambda case_id, version, visit: timing.ask_extension(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("reason", ""), number("days", visit)
        ),
    ),
    "return": (
        Action.RETURN,
        lambda case_id, version, visit: handling.return_to_desk(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("ground", "")
        ),
    ),
    "splitting": (
        Action.SPLIT,
        lambda case_id, version, visit: handling.split(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("receipt", ""), visit.form.get("words", "")
        ),
    ),
    "conclusion": (
        Action.CONCLUDE,
        lambda case_id, version, visit: handling.conclude(case_id, version, visit.seat.staff, visit.now),
    ),
} | BESIDES
"""Each step's place under its case, a noun, and what it asks of the form; what is most likely next comes first."""

RARE = frozenset(
    {"referral", "joining", "splitting", "assistance-end", "conference", "conference-end", "owner", "risk", "place"}
) | {
    "lay-invitation-end",
    "referral-return",
    "transfer-extension",
    "transfer-return",
}
"""What is seldom done stands apart, below the rest."""
