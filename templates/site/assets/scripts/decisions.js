// What was decided on advice. The address after # says what is read: #adopted, #adopted/2026-03, or one decision.
import { ask, insisting } from "./api.js";
import { all, busy, el, one, show, tell } from "./page.js";
import { civilDay, month } from "./times.js";
import { say } from "./say.js";

const PLACE = /^#(adopted|not_adopted)(?:\/([0-9]{4})-([0-9]{2})(?:-([0-9]{2})-([0-9]{12}))?)?$/;
const list = one("[data-decisions]");
const more = one("[data-more]");
const trouble = one("[data-trouble]");
const months = one("[data-months] select");
let asked = null; // {outcome, month, id, before} of what is being read; an answer to anything else comes too late
let next = null;

function wanted() {
  const [, outcome = "adopted", year, number, day, matter] = PLACE.exec(location.hash) || [];
  if (!year) return { outcome, month: "", id: "", before: "" };
  const chosen = { outcome, month: `${year}-${number}`, id: "" };
  if (!matter) return { ...chosen, before: firstOfNext(Number(year), Number(number)) };
  const behind = String(Number(matter) + 1).padStart(12, "0"); // so that the decision itself comes first
  return { ...chosen, id: `${year}-${number}-${day}-${matter}`, before: `${year}-${number}-${day}-${behind}` };
}

function firstOfNext(year, number) {
  const [nextYear, nextNumber] = number === 12 ? [year + 1, 1] : [year, number + 1];
  return `${String(nextYear).padStart(4, "0")}-${String(nextNumber).padStart(2, "0")}-01`;
}

async function load() {
  const now = (asked = wanted());
  for (const tab of all("[data-outcome]")) {
    if (tab.dataset.outcome === now.outcome) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  tell(trouble, "");
  show(more, false);
  list.setAttribute("aria-busy", "true");
  try {
    const told = await page(now.outcome, now.before);
    if (asked !== now) return;
    list.replaceChildren();
    offer(told.months, now.month);
    missing(told, now);
    draw(told);
  } catch (error) {
    if (asked !== now) return;
    list.replaceChildren();
    tell(trouble, error.message, el("button", { class: "button quiet", type: "button", onclick: load }, say("js.try_again")));
  } finally {
    if (asked === now) list.removeAttribute("aria-busy");
  }
}

function page(outcome, before) {
  const query = new URLSearchParams(before ? { outcome, before } : { outcome });
  return insisting(() => ask(`api/decisions?${query}`));
}

/** Say what is not there: nothing at all, nothing in this month, or no longer the one that was looked for. */
function missing({ decisions }, { outcome, month: chosen, id }) {
  const first = decisions[0];
  let words = "";
  if (id && first?.id !== id) words = say("js.decisions.gone");
  else if (!id && chosen && !first?.day.startsWith(chosen)) words = say(first ? "js.decisions.not_in_month" : "js.decisions.none_before", { month: month(chosen) });
  else if (!first) words = say(`js.decisions.none.${outcome}`);
  if (words) list.append(el("p", { class: "notice" }, words));
  one("[data-told]").textContent = words || say("js.decisions.shown", { count: decisions.length });
}

function draw(told) {
  for (const decision of told.decisions) {
    const its = decision.day.slice(0, 7);
    if (all("h2", list).at(-1)?.dataset.month !== its) list.append(el("h2", { "data-month": its }, month(its)));
    list.append(card(decision));
  }
  next = told.next;
  show(more, next !== null);
  one(".meant", list)?.scrollIntoView({ block: "center" });
}

function card({ id, outcome, outcome_name: name, title, text, unit_name: unit, day }) {
  return el(
    "article",
    { class: `decision ${outcome}${id === asked.id ? " meant" : ""}` },
    el("h3", {}, title),
    el("p", { class: "said" }, name),
    el("div", { class: "written" }, text),
    el("p", { class: "signed" }, `${unit} · `, el("time", { datetime: day }, say("js.decisions.on", { day: civilDay(day) }))),
  );
}

function offer(known, chosen) {
  const choices = [["", say("js.decisions.latest")], ...known.map((one) => [one, month(one)])];
  if (chosen && !known.includes(chosen)) choices.push([chosen, month(chosen)]);
  months.replaceChildren(...choices.map(([value, words]) => el("option", { value, selected: value === chosen }, words)));
  show(one("[data-months]"), known.length > 0);
}

async function goOn() {
  const now = asked;
  tell(trouble, "");
  try {
    const told = await busy(more, say("js.loading"), () => page(now.outcome, next));
    if (asked !== now) return;
    const last = list.lastElementChild;
    draw(told);
    one("[data-told]").textContent = say("js.decisions.shown", { count: told.decisions.length });
    const first = last.nextElementSibling;
    first?.setAttribute("tabindex", "-1");
    first?.focus({ preventScroll: true });
  } catch (error) {
    tell(trouble, error.message);
  }
}

window.addEventListener("hashchange", () => {
  if (!location.hash || PLACE.test(location.hash)) load(); // other places on the page are no question
});
months.addEventListener("change", () => {
  location.hash = months.value ? `${asked.outcome}/${months.value}` : asked.outcome;
});
more.addEventListener("click", goOn);
load();
