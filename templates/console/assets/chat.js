// The room of live chat keeps itself up to date: it asks for its own page and takes over what has changed.
// Without this script the page is the same, and its button asks anew.

const EVERY = 3_000; // milliseconds
const OUT_OF_SIGHT = 20_000;
const LONGEST = 30_000; // between two tries without an answer
const UNATTENDED = 30 * 60_000; // without a key or a pointer: then nobody is there, and citizens are not to be told so
const FLASH = 1_000;

const room = document.querySelector("#chat-room");
const resume = document.querySelector("[data-resume]");
const title = document.title;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
let attended = Date.now();
let failures = 0;
let waiting = 0;
let timer = 0;

async function ask(path, form) {
  const request = form ? { method: "POST", body: new URLSearchParams(form) } : {};
  const answer = await fetch(path, { credentials: "same-origin", ...request });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("#chat-room")) {
    if (answer.status < 500) location.assign(room.dataset.place); // signed out, or gone
    throw new Error(`no room: ${answer.status}`);
  }
  takeOver(page, Boolean(form));
  return answer.ok;
}

/** Lists as they are now; what is being typed in stays, a log only grows, and a notice stands until the next step. */
function takeOver(page, stepped) {
  for (const part of all("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!fresh || (part.dataset.live === "notice" && !stepped)) continue;
    if (part.dataset.key !== undefined && part.dataset.key === fresh.dataset.key) continue;
    if (part.dataset.key === undefined && fresh.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) && document.activeElement.form ? place(document.activeElement) : null;
    const typed = all("textarea, input:not([type=hidden], [type=checkbox])", part).map((field) => [place(field), field.value]);
    part.replaceWith(fresh);
    for (const [where, value] of typed) {
      const field = fresh.querySelector(where);
      if (field) field.value = value;
    }
    if (focused) fresh.querySelector(focused)?.focus();
  }
  propose(page);
  grow(page);
  const lists = document.querySelector("[data-waiting]");
  waiting = lists ? Number(lists.dataset.waiting) : 0;
  listen();
}

/** A field, by its form and its name. */
const place = (field) => `form[action="${field.form.getAttribute("action")}"] [name="${field.name}"]`;

/** What is proposed for a submission follows what is said, until it is edited. */
function propose(page) {
  for (const field of all("[data-proposed]")) {
    const fresh = page.querySelector(`[data-proposed="${field.dataset.proposed}"]`);
    if (!fresh || field.value !== field.defaultValue) continue;
    field.value = fresh.defaultValue;
    field.defaultValue = fresh.defaultValue;
  }
}

function grow(page) {
  const log = document.querySelector("[data-log]");
  const fresh = page.querySelector("[data-log]");
  if (!log || !fresh || log.dataset.log !== fresh.dataset.log) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const added = [...fresh.children].filter((line) => !document.getElementById(line.id));
  log.append(...added);
  if (added.length) document.querySelector("[data-nothing]")?.remove();
  if (added.length && atEnd) log.scrollTop = log.scrollHeight;
}

function say(words) {
  const notice = document.querySelector('[data-live="notice"]');
  const line = document.createElement("p");
  line.className = "wrong";
  line.setAttribute("role", "alert");
  line.textContent = words;
  notice.replaceChildren(line);
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter;
  if (button && button.name === "phrase") return put(form, button.textContent);
  if (!form.elements.text.value.trim() || form.dataset.busy) return undefined;
  form.dataset.busy = "yes";
  try {
    if (await ask(form.action, new FormData(form))) {
      form.elements.text.value = "";
      form.elements.key.value = newKey();
    }
  } catch {
    say(room.dataset.lost); // what was typed stays, and its key: sent again, it is said once
  } finally {
    delete form.dataset.busy;
    form.elements.text.focus();
  }
  return undefined;
}

function put(form, phrase) {
  const text = form.elements.text;
  text.value = text.value ? `${text.value}\n${phrase}` : phrase;
  text.focus();
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function listen() {
  for (const form of all("form[data-say]:not([data-heard])")) {
    form.dataset.heard = "yes";
    form.addEventListener("submit", send);
    form.elements.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }
  for (const hint of all("[data-with-script]")) hint.hidden = false;
}

async function look() {
  if (Date.now() - attended > UNATTENDED) return pause();
  try {
    await ask(room.dataset.place);
    failures = 0;
  } catch {
    failures += 1;
  }
  const pace = document.hidden ? OUT_OF_SIGHT : EVERY;
  timer = setTimeout(look, Math.max(pace, failures ? Math.min(LONGEST, EVERY * 2 ** failures) : 0));
  return undefined;
}

function pause() {
  resume.textContent = room.dataset.paused;
  resume.hidden = false;
}

function attend() {
  const was = attended;
  attended = Date.now();
  if (attended - was > UNATTENDED) {
    resume.hidden = true;
    look();
  }
}

setInterval(() => {
  const flash = waiting && Math.floor(Date.now() / FLASH) % 2;
  document.title = flash ? room.dataset.title.replace("{number}", waiting) + title : title;
}, FLASH);
for (const sign of ["keydown", "pointerdown"]) addEventListener(sign, attend);
addEventListener("visibilitychange", () => {
  if (document.hidden || Date.now() - attended > UNATTENDED) return;
  clearTimeout(timer);
  look();
});
const log = document.querySelector("[data-log]");
if (log) log.scrollTop = log.scrollHeight;
waiting = Number(document.querySelector("[data-waiting]").dataset.waiting);
listen();
timer = setTimeout(look, EVERY);
