// A booking as its citizen sees it: number, code, time and place, and what has changed.
import { all, el, one, show } from "./page.js";
import { moment } from "./times.js";
import { say } from "./say.js";

/** Whoever receives: the leader, or the units together. */
export const whoReceives = ({ host, units }) => host || units.join(say("js.reception.and"));

/** Draw `told`, a booking, into the section `place`. The code is known right after booking only. */
export function drawBooking(place, told) {
  const { reception } = told;
  const another = place.dataset.drawn !== told.number;
  place.dataset.drawn = told.number;
  one("[data-standing-title]", place).textContent = say(`js.booking.${told.state}`);
  one("[data-number]", place).textContent = told.number_spoken;
  one("[data-code]", place).textContent = told.code_spoken || "";
  all("[data-code-part]", place).forEach((part) => show(part, Boolean(told.code_spoken)));
  show(one("[data-standing-numbers]", place));
  one("[data-standing-facts]", place).replaceChildren(...facts(told, reception));
  one("[data-standing-news]", place).replaceChildren(...told.changes.map(change));
  one("[data-standing-next]", place).textContent = told.next;
  const cancel = one("[data-cancel]", place);
  if (another) cancel.open = false; // the same one drawn anew must not shut what she is filling in
  show(cancel, told.may.includes("cancel"));
}

function facts(told, reception) {
  const shown = [
    ["js.booking.comes_at", told.comes_at && moment(told.comes_at)],
    ["js.booking.place", reception.place],
    ["js.booking.who", `${reception.kind_name} · ${whoReceives(reception)}`],
    ["js.booking.people", told.people],
    ["js.booking.name", told.name],
    ["js.booking.about", told.about],
  ];
  return shown.filter(([, value]) => value).map(([key, value]) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, String(value))));
}

const change = ({ at, words, reason }) =>
  el("div", { class: "notice warm" }, el("p", {}, el("b", {}, words)), el("p", { class: "under" }, say("js.booking.changed", { at: moment(at), reason })));
