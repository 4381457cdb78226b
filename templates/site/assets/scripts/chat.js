// Live chat with the desk: whether it is there, a place in the line, the talk, and the submission it becomes.
import { ask, desk, insisting, newKey, Refused, Unreachable } from "./api.js";
import { busy, el, one, show, tell } from "./page.js";
import { clearWhenMended, sayFaults } from "./faults.js";
import { pace } from "./chat-pace.js";
import { clock } from "./times.js";
import { draft, talk as kept, tracked } from "./store.js";
import { say } from "./say.js";
import { Work } from "./work.js";

const STANDING_EVERY = 30_000; // milliseconds
const AFTER_THE_END = 10 * 60_000; // so long a clerk may still make a submission of it
const before = one("[data-before]");
const room = one("[data-talk]");
const standing = one("[data-standing]");
const trouble = one("[data-trouble]");
const beginning = one("[data-start]");
const saying = one("[data-saying]");
const filing = one("[data-hand-in] form");
const title = document.title;
const work = new Work("talk");
let token = null;
let key = newKey();
let wordsKey = newKey();
let told = null; // the latest news
let last = 0; // number of the last message that is shown
let newest = Date.now(); // when something new came
let endedAt = null;
let failures = 0;
let timer = 0;
let own = []; // what she said

async function look() {
  clearTimeout(timer);
  const place = one("[data-desk]");
  try {
    const now = await insisting(() => ask("api/chat", undefined, "no-store"));
    const open = now.desk === "open";
    place.classList.toggle("good", open);
    place.classList.toggle("warm", !open);
    place.replaceChildren(el("p", {}, el("b", {}, now.words)), now.desk === "off" ? "" : el("p", {}, say("js.chat.hours", { hours: now.hours })));
    show(beginning, open);
    show(one("[data-instead]"), !open);
  } catch (error) {
    place.replaceChildren(el("p", {}, error.message));
    show(one("[data-instead]"));
  } finally {
    place.removeAttribute("aria-busy");
  }
  if (!token) timer = setTimeout(() => (document.hidden ? waitForSight(look) : look()), STANDING_EVERY);
}

function waitForSight(then) {
  document.addEventListener("visibilitychange", () => (document.hidden ? waitForSight(then) : then()), { once: true });
}

async function begin(event) {
  event.preventDefault();
  const { nickname, phone } = beginning.elements;
  sayFaults(beginning, []);
  try {
    const body = { key, nickname: nickname.value, phone: phone.value };
    const button = one("[data-begin]");
    const going = (words) => (button.textContent = words);
    const news = await busy(button, say("js.chat.beginning"), () => work.send("api/chat/talks", body, going));
    token = news.token;
    kept.keep({ token });
    filing.elements.reach.value = phone.value;
    enter(news);
    one("#words").focus();
  } catch (error) {
    sayFaults(beginning, error instanceof Refused && error.fields.length ? error.fields : [{ field: "", message: error.message }]);
    if (error instanceof Refused && !error.fields.length) look();
  }
}

function enter(news) {
  clearTimeout(timer);
  tell(trouble, "");
  show(before, false);
  show(room);
  draw(news);
  again();
}

async function poll() {
  try {
    draw(await ask("api/chat/news", { token, since: last }));
    if (failures > 1) tell(trouble, "");
    failures = 0;
  } catch (error) {
    if (error instanceof Refused) return lost(error);
    failures += 1;
    if (failures === 2) tell(trouble, say("js.chat.unreachable"));
  }
  return again();
}

function again() {
  clearTimeout(timer);
  if (!token || (endedAt && Date.now() - endedAt > AFTER_THE_END)) return;
  timer = setTimeout(poll, pace({ phase: told.phase, quiet: Date.now() - newest, hidden: document.hidden, failures }));
}

/** The page was loaded anew: the talk goes on. */
async function resume() {
  token = earlier.token;
  try {
    enter(await insisting(() => ask("api/chat/news", { token, since: 0 })));
  } catch (error) {
    if (error instanceof Refused) lost(error);
    else tell(trouble, error.message, el("button", { class: "button quiet", type: "button", onclick: resume }, say("js.try_again")));
  }
}

/** The talk is known no longer. */
function lost(error) {
  kept.forget();
  token = null;
  show(room, false);
  show(before);
  tell(trouble, error.code === "not_found" ? say("js.chat.gone") : error.message);
  look();
}

function draw(news) {
  const before = told;
  told = news;
  const words = news.words;
  if (standing.textContent !== words) standing.replaceChildren(el("p", {}, words));
  news.messages.filter((message) => message.number > last).forEach(add);
  if (before && (before.phase !== news.phase || Boolean(before.receipt) !== Boolean(news.receipt))) newest = Date.now();
  if (news.phase === "ended" && !endedAt) endedAt = Date.now();
  show(saying, news.phase !== "ended");
  show(one("[data-over]"), news.phase === "ended");
  show(one("[data-hand-in]"), news.may_hand_in);
  if (news.may_hand_in && !filing.elements.text.value) prepare();
  if (news.receipt && !(before && before.receipt)) drawReceipt(news.receipt);
}

function add(message) {
  const mine = message.side === "citizen";
  const who = mine ? say("js.chat.you") : say("js.chat.clerk", { name: message.name });
  const said = one("[data-said]");
  said.append(el("li", { class: message.side }, el("small", {}, `${who} ${clock(message.at)}`), el("p", {}, message.text)));
  said.scrollTop = said.scrollHeight;
  last = message.number;
  newest = Date.now();
  if (mine) own.push(message.text);
  else if (document.hidden) document.title = say("js.chat.new") + title;
}

function drawReceipt(receipt) {
  one("[data-number]").textContent = receipt.receipt_spoken;
  one("[data-code]").textContent = receipt.code_spoken;
  tracked.keep({ receipt: receipt.receipt, code: receipt.code });
  const slip = one("[data-receipt]");
  show(slip);
  slip.scrollIntoView({ block: "center" });
  one("h2", slip).focus({ preventScroll: true });
}

async function send(event) {
  event.preventDefault();
  const field = saying.elements.words;
  sayFaults(saying, field.value.trim() ? [] : [{ field: "words", message: say("js.need.chat.words") }]);
  if (!field.value.trim()) return;
  const body = { token, key: wordsKey, text: field.value, since: last };
  try {
    const news = await busy(one("[data-send]"), say("js.sending"), () => insisting(() => ask("api/chat/messages", body)));
    field.value = "";
    wordsKey = newKey();
    draw(news);
    field.focus();
  } catch (error) {
    if (error instanceof Unreachable) sayFaults(saying, [{ field: "words", message: say("js.chat.not_sent") }]);
    else if (error.fields.length) sayFaults(saying, error.fields.map((fault) => ({ ...fault, field: "words" })));
    else sayFaults(saying, [{ field: "words", message: error.message }]);
  }
  again();
}

function sendByKey(event) {
  const typing = event.isComposing || event.shiftKey || !matchMedia("(pointer: fine)").matches;
  if (event.key !== "Enter" || typing) return;
  event.preventDefault();
  saying.requestSubmit();
}

async function leave() {
  if (!window.confirm(say("js.chat.sure"))) return;
  try {
    draw(await busy(one("[data-leave]"), say("js.chat.leaving"), () => insisting(() => ask("api/chat/leaving", { token }))));
    again();
  } catch (error) {
    tell(trouble, error.message);
  }
}

/** Her own words begin the submission. */
async function prepare() {
  const form = filing.elements;
  form.text.value = own.join("\n").slice(0, 5000);
  form.title.value = (own[0] || "").split("\n")[0].slice(0, 30);
  try {
    const { kinds } = await desk();
    if (!form.kind.options.length) form.kind.append(...kinds.map((kind) => el("option", { value: kind.id }, kind.name)));
  } catch (error) {
    tell(trouble, error.message);
  }
}

async function file(event) {
  event.preventDefault();
  const form = filing.elements;
  const missing = ["title", "text"].filter((name) => !form[name].value.trim());
  sayFaults(filing, missing.map((field) => ({ field, message: say(`js.need.${field}`) })));
  if (missing.length) return;
  const said = { kind: form.kind.value, title: form.title.value, text: form.text.value, name: form.name.value, phone: form.reach.value };
  try {
    draw(await busy(one("[data-file]"), say("js.sending"), () => insisting(() => ask("api/chat/submission", { token, since: last, ...said }))));
    draft.forget();
  } catch (error) {
    const faults = error instanceof Refused ? error.fields : [];
    const named = faults.map((fault) => (fault.field === "phone" ? { ...fault, field: "reach" } : fault));
    sayFaults(filing, named.length ? named : [{ field: "", message: error.message }]);
    again();
  }
}

function forget() {
  kept.forget();
  location.reload();
}

beginning.addEventListener("submit", begin);
beginning.addEventListener("focusin", () => work.begin(key)); // while she writes
saying.addEventListener("submit", send);
saying.elements.words.addEventListener("keydown", sendByKey);
filing.addEventListener("submit", file);
for (const form of [beginning, saying, filing]) clearWhenMended(form);
one("[data-again]").addEventListener("click", look);
one("[data-leave]").addEventListener("click", leave);
one("[data-print]").addEventListener("click", () => window.print());
one("[data-forget]").addEventListener("click", forget);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  document.title = title;
  if (told) poll();
});

const earlier = kept.kept();
if (earlier) resume();
else look();
