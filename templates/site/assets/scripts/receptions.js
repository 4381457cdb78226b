// Reception days: those to come, a place on one, and how a booking stands.
import { ask, insisting, newKey, Refused } from "./api.js";
import { all, busy, el, one, show, tell } from "./page.js";
import { clearWhenMended, sayFaults } from "./faults.js";
import { drawBooking, whoReceives } from "./bookings.js";
import { moment } from "./times.js";
import { readCode, readReceipt } from "./receipts.js";
import { booking as kept } from "./store.js";
import { say } from "./say.js";
import { Work } from "./work.js";

const days = one("[data-coming]");
const standing = one("[data-standing]");
const booking = one("[data-booking]");
const form = one("form", booking);
const question = one("[data-asking] form");
const cancellation = one("[data-cancel] form");
const trouble = one("[data-trouble]");
const work = new Work("booking");
let chosen = null;
let key = newKey();
let asked = 0; // how often what stands has changed: an older answer is not drawn over a newer

async function load() {
  days.setAttribute("aria-busy", "true");
  try {
    const { receptions } = await insisting(() => ask("api/receptions"));
    days.replaceChildren(...(receptions.length ? receptions.map(card) : [el("li", { class: "notice" }, el("p", {}, say("js.reception.none")))]));
  } catch (error) {
    const again = el("button", { class: "button quiet", type: "button", onclick: load }, say("js.try_again"));
    days.replaceChildren(el("li", { class: "notice stop" }, el("p", {}, error.message), again));
  } finally {
    days.removeAttribute("aria-busy");
  }
}

function card(reception) {
  const { kind_name: kind, place, minutes, open, free, places, called_off: off, changed } = reception;
  const left = off !== null ? say("js.reception.called_off", { reason: off }) : free ? say("js.reception.free", { free, places }) : say("js.reception.full");
  const pick = () => choose(reception);
  return el(
    "li",
    { class: `reception${open ? "" : " closed"}` },
    el("h3", {}, moment(reception.starts_at)),
    el("p", {}, `${kind} · ${whoReceives(reception)}`),
    el("p", { class: "under" }, say("js.reception.where", { place, minutes })),
    changed !== null && off === null && el("p", { class: "under" }, say("js.reception.changed", { reason: changed })),
    el("p", { class: "places" }, left),
    open && el("button", { class: "button", type: "button", onclick: pick, "data-book": reception.id }, say("js.reception.book")),
  );
}

function choose(reception) {
  if (!chosen || chosen.id !== reception.id) key = newKey();
  chosen = reception;
  work.begin(key); // while she writes
  one("[data-chosen]").textContent = `${moment(reception.starts_at)} · ${whoReceives(reception)} · ${reception.place}`;
  sayFaults(form, []);
  show(booking);
  one("h2", booking).scrollIntoView();
  one("h2", booking).focus({ preventScroll: true });
}

async function book(event) {
  event.preventDefault();
  const missing = ["name", "phone", "about"].filter((name) => !form.elements[name].value.trim());
  sayFaults(form, missing.map((field) => ({ field, message: say(`js.need.booking.${field}`) })));
  if (missing.length) return;
  const said = Object.fromEntries(["name", "phone", "email", "about"].map((name) => [name, form.elements[name].value]));
  const body = { key, people: Number(form.elements.people.value), ...said };
  try {
    const button = one("[data-send]");
    const going = (words) => (button.textContent = words);
    const told = await busy(button, say("js.sending"), () => work.send(`api/receptions/${chosen.id}/bookings`, body, going));
    kept.keep({ number: told.number, code: told.code });
    form.reset();
    show(booking, false);
    chosen = null;
    draw(told);
    tell(one("[data-done]"), say("js.booking.done"));
  } catch (error) {
    // what was typed may be changed now: it is another form then
    if (error.code === "key_used") key = newKey();
    sayFaults(form, error instanceof Refused && error.fields.length ? error.fields : [{ field: "", message: error.message }]);
  }
  load();
}

function draw(told) {
  asked += 1;
  drawBooking(standing, told);
  show(standing);
}

function submitQuestion(event) {
  event.preventDefault();
  const number = readReceipt(question.elements.number.value);
  const code = readCode(question.elements.code.value);
  sayFaultOf("number", number ? "" : say("js.booking.number_wrong"));
  sayFaultOf("code", code ? "" : say("js.track.code_wrong"));
  if (!number || !code) return;
  kept.keep({ number, code });
  busy(one("[type=submit]", question), say("js.loading"), lookUp);
}

/** The question has two fields: each fault stands at its own, and needs no summary. */
function sayFaultOf(name, words) {
  const field = one(`[data-field="${name}"]`, question);
  field.classList.toggle("wrong", Boolean(words));
  one(".fault", field).textContent = words;
  show(one(".fault", field), Boolean(words));
  question.elements[name].toggleAttribute("aria-invalid", Boolean(words));
}

async function lookUp() {
  tell(trouble, "");
  tell(one("[data-done]"), "");
  const mine = ++asked;
  try {
    const { number, code } = kept.kept();
    const told = await insisting(() => ask("api/bookings", { number, code }));
    if (mine !== asked) return;
    draw(told);
    question.reset();
    standing.scrollIntoView();
  } catch (error) {
    if (mine !== asked) return;
    if (error.code === "not_found") kept.forget();
    show(standing, false);
    tell(trouble, error.message);
  }
}

async function cancel(event) {
  event.preventDefault();
  const sure = cancellation.elements.sure.checked;
  sayFaults(cancellation, sure ? [] : [{ field: "sure", message: say("js.need.sure") }]);
  if (!sure) return;
  const { number, code } = kept.kept();
  try {
    draw(await busy(one("[type=submit]", cancellation), say("js.sending"), () => insisting(() => ask(`api/bookings/${number}/cancellation`, { code }))));
    cancellation.reset();
    one("[data-cancel]").open = false;
    tell(one("[data-done]"), say("js.booking.cancel_done"));
  } catch (error) {
    sayFaults(cancellation, [{ field: "", message: error.message }]);
  }
  load();
}

function leave() {
  asked += 1;
  kept.forget();
  show(standing, false);
}

form.addEventListener("submit", book);
clearWhenMended(form);
question.addEventListener("submit", submitQuestion);
cancellation.addEventListener("submit", cancel);
one("[data-close]").addEventListener("click", () => show(booking, false));
one("[data-leave]").addEventListener("click", leave);
all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
load();
if (kept.kept()) lookUp();
