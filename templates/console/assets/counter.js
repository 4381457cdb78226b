// The counter's form: what the page can do without this, done faster. Search while typing, keys, a draft for this tab.
"use strict";
const form = document.getElementById("counter");
const STORE = "counter-draft";
const KEPT_FOR = 12 * 3_600_000; // milliseconds: a session lasts no longer
const PAUSE = 400; // milliseconds without a key before it searches

const store = {
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(STORE));
    } catch {
      return null; // none, or storage is forbidden here
    }
  },
  write(draft) {
    try {
      sessionStorage.setItem(STORE, JSON.stringify(draft));
    } catch {
      return; // storage is forbidden or full: the form works without a draft
    }
  },
  forget() {
    try {
      sessionStorage.removeItem(STORE);
    } catch {
      return; // nothing can be kept, so nothing is
    }
  },
};

if (document.querySelector("[data-done]")) store.forget();
const printing = document.querySelector("[data-print]");
if (printing) {
  printing.hidden = false;
  printing.addEventListener("click", () => window.print());
}
if (form) begin();

function begin() {
  const aside = document.getElementById("earlier");
  const posted = Boolean(document.querySelector(".wrong"));
  const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type));
  let asked = callerOf();
  let waiting = 0;
  let latest = 0;

  if (!posted) restore();
  form.addEventListener("input", (event) => {
    keep();
    if (["phone", "email", "name", "address"].includes(event.target.name)) {
      clearTimeout(waiting);
      waiting = setTimeout(search, PAUSE);
    }
    if (event.target.type === "file") weigh(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".bar [name=do]"));
    } else if (event.key === "Enter" && event.target.form === form && event.target.tagName === "INPUT") {
      event.preventDefault(); // somebody is still speaking: nothing is sent by a habit
      search();
    } else if (event.altKey && !event.ctrlKey && !event.metaKey && /^[a-z]$/i.test(event.key)) {
      const found = document.querySelector(`[accesskey="${event.key.toLowerCase()}"]`);
      if (!found) return;
      event.preventDefault();
      found.focus();
      if (found.type === "radio" || found.tagName === "BUTTON") found.click();
    }
  });
  document.querySelector("[data-forget]").addEventListener("click", () => {
    store.forget();
    location.assign(form.action);
  });
  form.addEventListener("submit", (event) => {
    const files = form.elements.scan;
    if (!weigh(files)) {
      event.preventDefault();
      files.focus();
    }
  });
  const faulty = form.querySelector("[aria-invalid]");
  if (faulty) faulty.focus();

  function callerOf() {
    return ["phone", "email", "name", "address"].map((name) => form.elements[name].value.trim()).join("\n");
  }

  function worthAsking() {
    const { phone, email, name, address } = form.elements;
    const digits = phone.value.normalize("NFKC").replace(/\D/g, "");
    return digits.length >= 7 || /^\S+@\S+\.\S+$/.test(email.value.trim()) || Boolean(name.value.trim() && address.value.trim());
  }

  async function search() {
    const caller = callerOf();
    if (caller === asked || !worthAsking()) return;
    asked = caller;
    const turn = ++latest;
    const body = new URLSearchParams();
    for (const name of ["csrf", "phone", "email", "name", "address"]) body.set(name, form.elements[name].value);
    try {
      const answer = await fetch(`${form.action}/earlier`, { method: "POST", body, redirect: "manual" });
      if (turn !== latest) return; // another number was typed meanwhile
      if (!answer.ok) throw new Error(String(answer.status));
      aside.innerHTML = await answer.text(); // our own page's part: whatever a citizen wrote is escaped in it
    } catch {
      if (turn !== latest) return;
      asked = "";
      const said = document.createElement("p");
      said.className = "warn";
      said.textContent = form.dataset.broken;
      aside.replaceChildren(said);
    }
  }

  function weigh(input) {
    const tooLarge = [...input.files].some((file) => file.size > Number(form.dataset.largest)) || [...input.files].reduce((sum, file) => sum + file.size, 0) > Number(form.dataset.largest);
    input.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
    if (tooLarge) input.reportValidity();
    return !tooLarge;
  }

  function keep() {
    const values = {};
    for (const field of fields()) {
      if (field.type === "checkbox") values[field.name] = field.checked;
      else if (field.type !== "radio" || field.checked) values[field.name] = field.value;
    }
    store.write({ login: form.dataset.login, at: Date.now(), key: form.elements.key.value, values });
  }

  /** After a session that ran out, what was typed stands here again; only for who typed it. */
  function restore() {
    const draft = store.read();
    if (!draft) return;
    const own = draft.login === form.dataset.login && Date.now() - draft.at < KEPT_FOR;
    if (!own) {
      store.forget();
      return;
    }
    const { title, text, phone, name } = draft.values;
    if (!title && !text && !phone && !name) return;
    for (const field of fields()) {
      const value = draft.values[field.name];
      if (value === undefined) continue;
      if (field.type === "checkbox") field.checked = value;
      else if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
    form.elements.key.value = draft.key;
    document.querySelector("[data-restored]").hidden = false;
    search();
  }
}
