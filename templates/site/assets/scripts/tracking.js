// Tracking: number and code open the story of one submission, and what its writer may still do.
import { ask, desk, insisting, newKey, Refused } from "./api.js";
import { answerOf, askedOf } from "./asked.js";
import { all, busy, one, show, tell } from "./page.js";
import { clearWhenMended, sayFaults } from "./faults.js";
import { count } from "./counting.js";
import { deadline } from "./times.js";
import { offer } from "./own-data.js";
import { listRemembered } from "./remembered.js";
import { readQuestion } from "./question.js";
import { readReceipt } from "./receipts.js";
import { remembered, tracked } from "./store.js";
import { say } from "./say.js";
import { story } from "./story.js";
import { Uploads } from "./uploads.js";
import { chosenWays, offerWays } from "./ways.js";

const asking = one("[data-asking]");
const question = one("form", asking);
const status = one("[data-status]");
const act = (name) => one(`[data-act="${name}"]`);
const formOf = (name) => (act(name).tagName === "FORM" ? act(name) : one("form", act(name)));
let uploads = null;
let supplementKey = newKey();
let reviewKey = newKey();
let left = []; // the ways by which she can be told
const ACTS = { rate: "rate", supplement: "supplement", review: "ask_review", withdraw: "withdraw", consent: "withdraw_consent" };

function askAnew(words = "") {
  show(status, false);
  show(asking);
  listRemembered(one("[data-remembered]", asking), load);
  tell(one("[data-trouble]", asking), words);
}

function submit(event) {
  event.preventDefault();
  const asked = readQuestion(question);
  if (!asked) return;
  tracked.keep(asked);
  load();
}

async function load() {
  const wanted = tracked.kept();
  show(one("[data-loading]"));
  show(asking, false);
  try {
    draw(await insisting(() => ask("api/tracking", wanted)));
    status.scrollIntoView();
  } catch (error) {
    if (error.code === "not_found") tracked.forget();
    question.elements.receipt.value = wanted.receipt;
    question.elements.code.value = wanted.code;
    askAnew(error.message);
  } finally {
    show(one("[data-loading]"), false);
  }
}

function draw(told) {
  story(one("[data-story]"), told);
  for (const [name, action] of Object.entries(ACTS)) show(act(name), told.may.includes(action));
  if (told.question) act("supplement").open = true; // the desk waits for it
  one('[data-field="solved"] legend', formOf("rate")).textContent = askedOf(told.kind);
  for (const choice of all('[name="solved"]', formOf("rate"))) one("b", choice.parentElement).textContent = answerOf(told.kind, choice.value);
  one("[data-review-until]").textContent = told.review_until ? say("js.review.until", { name: told.review_name, day: deadline(told.review_until) }) : "";
  one("[data-rate-until]").textContent = told.rate_until ? say("js.rate.until", { day: deadline(told.rate_until) }) : "";
  offer(told);
  left = told.ways;
  show(act("ways"), left.length > 0);
  offerWays(formOf("ways"), left, left.filter(({ chosen }) => chosen).map(({ way }) => way));
  show(one("[data-acts]"), told.may.length > 0 || told.may_erase || left.length > 0);
  show(status);
  if (told.may.includes("supplement")) prepareUploads();
}

/** The limits are the desk's. Without them the supplement can still be written, only without files. */
async function prepareUploads() {
  if (uploads) return;
  const field = one('[data-field="uploads"]', formOf("supplement"));
  show(field, false);
  let limits;
  try {
    ({ limits } = await desk());
  } catch (error) {
    sayFaults(formOf("supplement"), [{ field: "", message: say("js.files.not_now", { why: error.message }) }]);
    return;
  }
  uploads = new Uploads(field, limits);
  count(formOf("supplement"), "text", limits.text);
  count(formOf("review"), "why", limits.text);
  count(formOf("rate"), "words", limits.words);
  count(formOf("withdraw"), "reason", limits.reason);
  show(field);
}

/** Send one of the three forms; `body` gives what it says, `faults` what is missing. */
function acting(name, path, faults, body, words) {
  const form = formOf(name);
  clearWhenMended(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = faults(form.elements);
    sayFaults(form, missing);
    if (missing.length) return;
    try {
      draw(await busy(one("[type=submit]", form), say("js.sending"), () => deliver(path, body(form.elements))));
    } catch (error) {
      sayFaults(form, error instanceof Refused && error.fields.length ? error.fields : [{ field: "", message: error.message }]);
      return;
    }
    form.reset();
    if (act(name).tagName === "DETAILS") act(name).open = false;
    if (name === "review") reviewKey = newKey();
    if (name === "supplement") {
      uploads?.clear();
      supplementKey = newKey();
    }
    tell(one("[data-done]"), say(words));
  });
}

/** What was said twice, because the first answer was lost on the way, is refused the second time: it has arrived. */
async function deliver(path, said) {
  const { receipt, code } = tracked.kept();
  let repeated = false;
  try {
    return await insisting(
      () => ask(`api/submissions/${receipt}/${path}`, { code, ...said }),
      () => (repeated = true),
    );
  } catch (error) {
    if (repeated && ["not_allowed", "wrong_state"].includes(error.code)) return ask("api/tracking", { receipt, code });
    throw error;
  }
}

const need = (field, key) => ({ field, message: say(key) });

acting(
  "rate",
  "rating",
  (fields) => ["solved", "attitude", "satisfaction"].filter((name) => !fields[name].value).map((name) => need(name, "js.need.choice")),
  (fields) => Object.fromEntries(["solved", "attitude", "satisfaction", "words"].map((name) => [name, fields[name].value])),
  "js.rate.done",
);
acting(
  "supplement",
  "supplements",
  (fields) => [
    ...(fields.text.value.trim() ? [] : [need("text", "js.need.supplement")]),
    ...(uploads?.obstacle ? [{ field: "uploads", message: uploads.obstacle }] : []),
  ],
  (fields) => ({ key: supplementKey, text: fields.text.value, uploads: uploads ? uploads.tickets : [] }),
  "js.supplement.done",
);
acting(
  "review",
  "review",
  (fields) => (fields.why.value.trim() ? [] : [need("why", "js.need.review")]),
  (fields) => ({ key: reviewKey, why: fields.why.value }),
  "js.review.done",
);
acting(
  "withdraw",
  "withdrawal",
  (fields) => (fields.sure.checked ? [] : [need("sure", "js.need.sure")]),
  (fields) => ({ reason: fields.reason.value }),
  "js.withdraw.done",
);

acting(
  "consent",
  "consent-withdrawal",
  (fields) => (fields.agreed.checked ? [] : [need("agreed", "js.need.consent")]),
  () => ({}),
  "js.consent.done",
);

acting(
  "ways",
  "ways",
  () => [],
  () => ({ ways: chosenWays(formOf("ways"), left) }),
  "js.ways.done",
);

function leave() {
  tracked.forget();
  question.reset();
  askAnew();
}

question.addEventListener("submit", submit);
one("[data-again]").addEventListener("click", (event) => {
  tell(one("[data-done]"), "");
  busy(event.currentTarget, say("js.loading"), load);
});
one("[data-leave]").addEventListener("click", leave);
one("[data-forget-all]").addEventListener("click", () => {
  remembered.forget();
  askAnew();
});
all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
const handed = readReceipt(location.hash.slice(1)); // by the QR code of a slip: the number, never the code
if (handed && tracked.kept()?.receipt !== handed) {
  askAnew();
  question.elements.receipt.value = handed;
  question.elements.code.focus();
} else if (tracked.kept()) load();
else askAnew();
