// The record as a picture: a chain of links, each with the words that say whether it holds.
import { el } from "./page.js";
import { say } from "./say.js";
import { spoken } from "./receipts.js";
import { day, moment } from "./times.js";

const onDay = (iso) => day(`${iso}T00:00:00+08:00`);
const SHORT = 16; // of 64 characters: what people compare by eye

/** The first characters of a hash, in groups of four. */
const short = (hash) => (hash ? spoken(hash.slice(0, SHORT)) : "");

/** Fill `place` with the verdict on what was `checked`, its chain, and the newest day's stamp. */
export function picture(place, checked, newest) {
  place.replaceChildren(verdict(checked), ...checked.records.map((record, at) => chain(record, at, checked.records.length)), stamp(newest));
}

function verdict({ records, holds, here, receipt, wrongDays = [] }) {
  const events = records.flatMap((record) => record.events);
  const broken = events.filter((event) => !event.holds).length + records.filter((record) => !record.complete).length + wrongDays.length;
  const stamped = events.filter((event) => event.proof).length;
  const waiting = events.filter((event) => event.waits).length;
  return el(
    "div",
    { class: `verdict ${holds ? "good" : "bad"}`, "data-verdict": holds ? "good" : "bad" },
    el("p", { class: "digits" }, spoken(receipt)),
    el("h1", { tabindex: "-1" }, say(holds ? "js.verify.good" : "js.verify.bad")),
    el("p", {}, holds ? say("js.verify.good.about", { events: events.length }) : say("js.verify.bad.about", { count: broken })),
    holds && stamped ? el("p", {}, say("js.verify.stamped", { count: stamped })) : null,
    holds && waiting ? el("p", {}, say("js.verify.waiting", { count: waiting })) : null,
    wrongDays.length ? el("p", {}, say("js.verify.wrong_days", { days: wrongDays.map(onDay).join(" · ") })) : null,
    el("p", { class: "fine", "data-here": String(here) }, say(here ? "js.verify.here" : "js.verify.not_here")),
  );
}

function chain(record, at, many) {
  return el(
    "section",
    {},
    many > 1 ? el("h2", {}, say(at ? "js.verify.joined" : "js.verify.own")) : null,
    record.sealed ? el("p", { class: "notice deep" }, say("js.verify.sealed")) : null,
    el("ol", { class: "chain" }, ...record.events.map((event) => link(event, record.sealed))),
    record.complete ? null : el("p", { class: "notice stop" }, say("js.verify.cut")),
  );
}

function link(event, sealed) {
  return el(
    "li",
    { class: event.holds ? (event.waits ? "waits" : "holds") : "broken" },
    el("b", {}, say("js.verify.step", { number: event.number }), " ", event.name || (sealed ? "" : say("js.verify.inner"))),
    event.at ? el("time", { datetime: event.at }, moment(event.at)) : null,
    el("p", { class: "fits" }, say(event.holds ? "js.verify.fits" : "js.verify.misfits"), " · ", event.proof ? say("js.verify.stamped_on", { day: onDay(event.day) }) : say(event.waits ? "js.verify.stamp_tonight" : "js.verify.no_stamp")),
    details(event),
  );
}

function details(event) {
  return el(
    "details",
    {},
    el("summary", {}, say("js.verify.print"), " ", el("span", { class: "digits" }, short(event.hash))),
    el("dl", { class: "prints" }, print("js.verify.hash", event.hash), print("js.verify.previous", event.previous), event.proof ? print("js.verify.path", say("js.verify.path.about", { steps: event.proof.path.length, size: event.proof.size })) : null, event.line ? print("js.verify.line", event.line) : null, ...Object.values(event.words).map((text) => print("js.verify.words", text)), event.erased.length ? print("js.verify.words", say("js.verify.erased")) : null),
  );
}

const print = (key, value) => el("div", {}, el("dt", {}, say(key)), el("dd", { class: "digits" }, value));

function stamp(newest) {
  if (!newest) return null;
  return el(
    "section",
    { class: "day-stamp" },
    el("h2", {}, say("js.verify.newest", { day: onDay(newest.day) })),
    el("p", { class: "spoken", "data-stamp": newest.day }, short(newest.hash)),
    el("p", { class: "under" }, say("js.verify.newest.about", { events: newest.events })),
    el("details", {}, el("summary", {}, say("js.verify.experts")), el("dl", { class: "prints" }, print("js.verify.day_hash", newest.hash), print("js.verify.day_root", newest.root), print("js.verify.previous", newest.previous))),
  );
}
