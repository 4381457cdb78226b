// How a submission stands, and all that has happened to it.
import { answerOf } from "./asked.js";
import { el } from "./page.js";
import { say } from "./say.js";
import { spoken } from "./receipts.js";
import { day, deadline, moment, timeLeft } from "./times.js";
import { inWords } from "./uploads.js";

const STAGES = ["received", "registered", "accepted", "dispatched", "in_handling", "replied", "concluded"];
const AT_STAGE = { returned: "dispatched", in_conference: "dispatched", with_agency: "in_handling", waiting: "in_handling", awaiting_approval: "in_handling", in_review: "replied", terminated: "concluded" };
const ENDED_EARLY = ["declined", "referred", "referral_returned", "withdrawn"];

/** Fill `place` with what the desk told. */
export function story(place, told) {
  place.replaceChildren(
    ...[head(told), standing(told), ...told.replies.map(reply), layOpinions(told.lay_opinions), decision(told.decision), rating(told), timeline(told.steps), letter(told)].filter(Boolean),
  );
}

function head(told) {
  return el(
    "div",
    { class: "story-head" },
    el("p", { class: "digits" }, spoken(told.receipt)),
    el("h1", {}, told.title),
    el("p", { class: "under" }, [told.mailbox_name, told.kind_name, say("js.filed_on", { day: day(told.filed_at) })].join(" · ")),
    told.signers ? el("p", { class: "under" }, say("js.signers", { number: told.signers })) : null,
  );
}

function standing(told) {
  return el(
    "div",
    { class: `standing ${ENDED_EARLY.includes(told.state) ? "ended" : ""}` },
    el("div", { class: "state-line" }, el("h2", {}, told.state_name), told.light && lamp(told.light, told.light_name)),
    ENDED_EARLY.includes(told.state) ? null : stages(told.state),
    el(
      "dl",
      { class: "facts" },
      fact(say("js.unit"), told.unit_name || say("js.no_unit")),
      told.owner_name && fact(say("js.owner"), told.owner_name),
      told.first_asked && fact(say("js.first_asked"), told.first_asked.unit_name, el("p", { class: "under" }, say("js.first_asked.about", { phone: told.first_asked.phone }))),
      told.conference_on && fact(say("js.conference_on"), moment(told.conference_on)),
      told.promised_by && fact(say("js.promised"), say("js.promised.by", { day: deadline(told.promised_by) })),
      told.deadline && fact(told.deadline_name, deadline(told.deadline), el("span", { class: `left ${told.light || ""}` }, timeLeft(told.deadline))),
      told.reply_by && told.reply_by !== told.deadline && fact(told.reply_by_name, deadline(told.reply_by)),
    ),
    told.question ? el("div", { class: "notice warm" }, el("b", {}, say("js.question")), el("p", {}, told.question)) : null,
    told.joined ? el("p", { class: "notice deep" }, say("js.joined")) : null,
    told.campaign ? el("p", { class: "notice warm" }, owned(told.campaign)) : null,
  );
}

/** 积案化解: that the matter is part of it, and which leader owns it. */
const owned = ({ since, owner }) => (owner ? say("js.campaign.owned", { owner, day: day(since) }) : say("js.campaign.unowned", { day: day(since) }));

const fact = (name, ...values) => el("div", {}, el("dt", {}, name), el("dd", {}, ...values));

/** A light is a shape and a word; its colour only repeats them. */
const lamp = (light, name) => el("span", { class: `light ${light}` }, say(`js.light.${light}`, { name }));

function stages(state) {
  const now = STAGES.indexOf(AT_STAGE[state] || state);
  if (now < 0) return null;
  const items = STAGES.map((stage, index) =>
    el("li", { class: index < now ? "done" : index === now ? "now" : "", "aria-current": index === now ? "step" : null }, el("span", {}, say(`js.stage.${stage}`))),
  );
  return el("ol", { class: "stages", "aria-label": say("js.stages", { step: now + 1, of: STAGES.length }) }, ...items);
}

function reply(told) {
  return el(
    "section",
    { class: "reply" },
    el("h2", {}, say("js.reply")),
    told.known ? el("p", { class: "notice deep" }, told.known) : null,
    told.outcome_name ? el("p", { class: "outcome" }, told.done_by ? `${told.outcome_name} · ${say("js.promised.by", { day: deadline(told.done_by) })}` : told.outcome_name) : null,
    el("div", { class: "written" }, told.text),
    el("p", { class: "signed" }, told.unit_name || "", el("br"), moment(told.at)),
  );
}

/** 信访监督员意见: what those from outside who looked at her review think of it. */
function layOpinions(told) {
  if (!told.length) return null;
  const each = told.map(({ name, view_name: view, words, at }) =>
    el("div", {}, el("p", { class: "outcome" }, view), el("div", { class: "written" }, words), el("p", { class: "signed" }, name, el("br"), moment(at))),
  );
  return el("section", { class: "reply lay" }, el("h2", {}, say("js.lay")), el("p", { class: "under" }, say("js.lay.about")), ...each);
}

/** What was decided on her advice, where everybody can read it. */
function decision(told) {
  if (!told) return null;
  const there = el("a", { class: "onward", href: `decisions.html#${told.outcome}/${told.id}` }, say("js.decision.see"));
  return el("div", { class: "notice good" }, el("p", {}, say("js.decision.public", { outcome: told.outcome_name })), there);
}

function rating({ kind, rating: told }) {
  if (!told) return null;
  const marks = [answerOf(kind, told.solved), say(`js.attitude.${told.attitude}`), say(`js.satisfaction.${told.satisfaction}`)].map((mark) => el("li", {}, mark));
  return el(
    "section",
    { class: "rated" },
    el("h2", {}, say("js.rated", { day: day(told.at) })),
    el("ul", { class: "marks" }, ...marks),
    told.words ? el("div", { class: "written" }, told.words) : null,
  );
}

function timeline(steps) {
  const latestFirst = [...steps].reverse();
  return el(
    "section",
    {},
    el("h2", {}, say("js.timeline")),
    el(
      "ol",
      { class: "timeline" },
      ...latestFirst.map((step) =>
        el(
          "li",
          {},
          el("time", { datetime: step.at }, moment(step.at)),
          el("b", {}, step.name),
          step.unit_name ? el("span", { class: "by" }, step.unit_name) : null,
          step.detail ? el("p", {}, step.detail) : null,
        ),
      ),
    ),
  );
}

function letter(told) {
  const files = told.attachments.map(({ name, size, state, state_name: words }) =>
    el("li", { class: state }, el("span", { class: "file-name" }, name), el("span", { class: "file-size" }, inWords(size)), el("span", { class: "file-state" }, words)),
  );
  const added = told.supplements.map(({ at, text }) => el("div", { class: "added" }, el("h3", {}, say("js.added", { at: moment(at) })), el("div", { class: "written" }, text)));
  return el(
    "details",
    { class: "letter" },
    el("summary", {}, say("js.letter")),
    el("div", { class: "written" }, told.text),
    ...added,
    files.length ? el("h3", {}, say("js.files")) : null,
    files.length ? el("ul", { class: "uploads" }, ...files) : null,
  );
}
