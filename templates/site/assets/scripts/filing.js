// Filing a submission: one guided form, sent once however often it is pressed.
import { Alike } from "./alike.js";
import { desk as askDesk, newKey, Refused } from "./api.js";
import { busy, el, one, show, tell } from "./page.js";
import { clearFaults, clearWhenMended, sayFaults } from "./faults.js";
import { count } from "./counting.js";
import { Drafts } from "./drafts.js";
import { Form } from "./form.js";
import { moment, today } from "./times.js";
import { nameDesk } from "./site.js";
import { receipt as receipts } from "./store.js";
import { review } from "./review.js";
import { say } from "./say.js";
import { Steps } from "./steps.js";
import { Uploads } from "./uploads.js";
import { isTrouble, Work } from "./work.js";

const filing = one("[data-filing]");
const trouble = one("[data-trouble]", filing);
const element = one("[data-form]", filing);
const asked = decodeURIComponent(location.hash.slice(1)); // the mailbox that was chosen on the front page
const work = new Work("submission");
let desk, form, steps, drafts, uploads, alike, key;
let unanswered = null; // a letter that was sent, and whose answer never came
let sending = false;

async function open() {
  show(filing);
  tell(trouble, "");
  try {
    desk = await askDesk();
  } catch (error) {
    tell(trouble, error.message, el("button", { class: "button quiet", type: "button", onclick: open }, say("js.try_again")));
    return;
  }
  nameDesk();
  begin();
}

function begin() {
  form = new Form(element, desk);
  alike = new Alike(one("[data-alike]", element), element.elements.alike, () => drafts?.soon());
  steps = new Steps(filing, entered);
  uploads = new Uploads(one('[data-field="uploads"]', element), desk.limits, () => drafts.soon());
  drafts = new Drafts(
    () => ({ key, step: steps.step, values: form.values(), uploads: uploads.kept() }),
    (words) => (one("[data-kept]", filing).textContent = say(words)),
  );
  for (const name of ["title", "text", "place", "name"]) count(element, name, desk.limits[name]);
  element.elements.happened_on.max = today();
  clearWhenMended(element);
  restore();
}

function restore() {
  const before = drafts.restored();
  key = before?.key || newKey();
  if (before) {
    form.fill(before.values);
    uploads.restore(before.uploads);
    one("[data-restored-words]", filing).textContent = say("js.draft.restored", { at: moment(new Date(before.at).toISOString()) });
  }
  show(one("[data-restored]", filing), Boolean(before));
  if (asked) form.fill({ mailbox: asked });
  form.suit();
  steps.begin(before && !asked ? firstOpen(before.step) : 1);
}

/** The furthest step up to `step` before which nothing is missing. */
function firstOpen(step) {
  for (let each = 1; each < step; each += 1) if (form.missing(each).length) return each;
  return step;
}

function entered(step) {
  if (step > 1) work.begin(key); // she has begun to write: meanwhile her machine can do its part
  if (step === 3 || step === steps.last) {
    alike.move(steps.section(step));
    alike.soon(form.values());
  }
  if (step === steps.last) review(one("[data-review]", filing), form.values(), desk, uploads.arrived, (to) => steps.go(to));
}

function forward() {
  tell(trouble, "");
  const faults = form.missing(steps.step);
  if (steps.step === 5 && uploads.obstacle) faults.push({ field: "uploads", message: uploads.obstacle });
  sayFaults(element, faults);
  if (faults.length) return;
  steps.go(steps.step + 1);
  drafts.now();
}

async function send() {
  if (sending) return;
  if (uploads.obstacle) return wrong([{ field: "uploads", message: uploads.obstacle }]);
  sending = true;
  clearFaults(element);
  tell(trouble, "");
  drafts.now();
  const button = one("[data-send]", filing);
  try {
    await busy(button, say("js.sending"), () => deliver({ key, ...form.values(), uploads: uploads.tickets }, button));
  } catch (error) {
    failed(error);
  } finally {
    sending = false;
  }
}

async function deliver(letter, button, earlier = false) {
  const first = unanswered;
  unanswered = letter;
  try {
    const told = (words) => (button.textContent = words);
    const receipt = await work.send("api/submissions", letter, told, () => told(say("js.sending_again")));
    done(receipt, earlier);
  } catch (error) {
    if (error instanceof Refused) unanswered = null;
    if (error.code === "key_used" && first && !earlier) return deliver(first, button, true); // that one had arrived: it has the receipt
    throw error;
  }
}

function done(receipt, earlier) {
  drafts.end();
  receipts.keep({ ...receipt, earlier, joins: alike.chosen?.title || "" });
  location.assign("receipt.html");
}

function failed(error) {
  if (isTrouble(error)) {
    tell(trouble, error.message, el("p", {}, say("js.send.kept")), el("button", { class: "button", type: "button", onclick: send }, say("js.send.again")));
    window.addEventListener("online", () => unanswered && send(), { once: true });
  } else if (error.code === "key_used") {
    tell(trouble, error.message, el("button", { class: "button", type: "button", onclick: sendAsNew }, say("js.send.as_new")));
  } else if (error instanceof Refused && error.fields.length) {
    wrong(error.fields);
  } else if (error instanceof Refused) {
    tell(trouble, error.message);
  } else {
    throw error;
  }
}

function sendAsNew() {
  key = newKey();
  send();
}

/** Lead to what is wrong, in whichever step it is. */
function wrong(fields) {
  sayFaults(element, fields, (field) => steps.of(field) !== steps.step && steps.go(steps.of(field)));
}

function discard() {
  drafts.end();
  location.replace(location.pathname);
}

element.addEventListener("submit", (event) => {
  event.preventDefault();
  if (steps.step < steps.last) forward();
  else send();
});
one("[data-discard]", filing).addEventListener("click", discard);
window.addEventListener("pageshow", (event) => event.persisted && location.reload()); // a letter that was sent is not shown again
open();
