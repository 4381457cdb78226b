// Verification: the desk hands out the hashes, this page does the sums itself and draws the chain.
import { able, ownWordHolds, proved, unchained, unfollowed } from "./merkle.js";
import { ask, insisting } from "./api.js";
import { listRemembered } from "./remembered.js";
import { one, show, tell } from "./page.js";
import { picture } from "./chain.js";
import { readQuestion } from "./question.js";
import { remembered, tracked } from "./store.js";

const MOST_DAYS = 400; // in one answer of the desk
const asking = one("[data-asking]");
const question = one("form", asking);
const result = one("[data-result]");

function askAnew(words = "") {
  show(result, false);
  show(asking);
  listRemembered(one("[data-remembered]", asking), load);
  tell(one("[data-trouble]", asking), words);
}

async function load() {
  const wanted = tracked.kept();
  show(one("[data-loading]"));
  show(asking, false);
  show(result, false);
  try {
    const told = await insisting(() => ask("api/verification", wanted));
    const days = await published(told);
    picture(one("[data-chain]"), await checked(told, days), days.at(-1));
    show(result);
    one("[data-chain] h1").focus();
  } catch (error) {
    if (error.code === "not_found") tracked.forget();
    question.elements.receipt.value = wanted.receipt;
    question.elements.code.value = wanted.code;
    askAnew(error.message);
  } finally {
    show(one("[data-loading]"), false);
  }
}

/** The roots as everybody is given them, from the first day that matters to the newest; none kept from yesterday. */
async function published(told) {
  const wanted = told.records.flatMap(({ events }) => events.map(({ day }) => day)).filter(Boolean).sort()[0];
  if (!wanted) return (await askAnyone("api/roots")).roots;
  const days = [];
  for (let from = wanted; ; from = days.pop().day) {
    const { roots } = await askAnyone(`api/roots?from=${from}`);
    days.push(...roots);
    if (roots.length < MOST_DAYS) return days;
  }
}

const askAnyone = (path) => insisting(() => ask(path, undefined, "no-cache"));

/** Every record with each of its events judged: by the desk, and by this browser's own sums. */
async function checked(told, days) {
  if (!able()) return { ...told, here: false };
  const rootOf = new Map(days.map(({ day, root }) => [day, root]));
  const wrongDays = new Set(await unfollowed(days));
  const records = [];
  for (const record of told.records) {
    const loose = new Set(unchained(record.events));
    const events = [];
    for (const event of record.events) {
      const fits =
        event.holds &&
        !loose.has(event.number) &&
        (!event.line || (await ownWordHolds(event, told.receipt))) &&
        (event.proof ? !wrongDays.has(event.day) && (await proved(event.hash, event.proof, rootOf.get(event.day))) : event.waits);
      events.push({ ...event, holds: fits });
    }
    records.push({ ...record, events, holds: record.complete && events.every(({ holds }) => holds) });
  }
  return { ...told, records, wrongDays: [...wrongDays], holds: records.every(({ holds }) => holds) && !wrongDays.size, here: true };
}

question.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = readQuestion(question);
  if (!asked) return;
  tracked.keep(asked);
  load();
});
one("[data-again]").addEventListener("click", load);
one("[data-leave]").addEventListener("click", () => {
  tracked.forget();
  question.reset();
  askAnew();
});
one("[data-forget-all]").addEventListener("click", () => {
  remembered.forget();
  askAnew();
});
if (tracked.kept()) load();
else askAnew();
