// Files that go with a form: each with its own progress, to be tried again or removed.
import { ask, Refused } from "./api.js";
import { el, one } from "./page.js";
import { say } from "./say.js";

const BY_ENDING = {
  jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", gif: "image/gif", webp: "image/webp", heic: "image/heic", heif: "image/heic",
  pdf: "application/pdf", doc: "application/msword", xls: "application/vnd.ms-excel", ppt: "application/vnd.ms-powerpoint",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  mp3: "audio/mpeg", m4a: "audio/mp4", aac: "audio/aac", amr: "audio/amr", ogg: "audio/ogg", wav: "audio/wav",
  mp4: "video/mp4", m4v: "video/mp4", mov: "video/quicktime", webm: "video/webm", "3gp": "video/3gpp",
};
const LONGEST_NAME = 200;
const TICKET_LASTS = 110 * 60_000; // milliseconds; the desk's own measure is two hours

export class Uploads {
  /** `field`: the element with the list and the button; `limits`: the desk's; `changed` is called when a list changes. */
  constructor(field, limits, changed = () => {}) {
    this.list = one("[data-uploads]", field);
    this.input = one("input[type=file]", field);
    this.adding = one(".add-file", field);
    this.limits = limits;
    this.changed = changed;
    this.entries = [];
    this.input.accept = [...limits.attachment_types, ...Object.keys(BY_ENDING).map((ending) => `.${ending}`)].join(",");
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
  }

  /** The tickets of all that has arrived. */
  get tickets() {
    return this.arrived.map((entry) => entry.ticket);
  }

  get arrived() {
    return this.entries.filter((entry) => entry.state === "done");
  }

  /** What keeps the form from being sent, in words; "" when nothing does. */
  get obstacle() {
    if (this.entries.some((entry) => entry.state === "going")) return say("js.files.still_going");
    return this.entries.some((entry) => entry.state === "failed") ? say("js.files.some_failed") : "";
  }

  /** What can be taken up again after the page was loaded anew. */
  kept() {
    return this.arrived.map(({ name, size, ticket, at }) => ({ name, size, ticket, at }));
  }

  restore(kept) {
    const fresh = kept.filter(({ at }) => Date.now() - at < TICKET_LASTS);
    this.entries = fresh.map((entry) => ({ ...entry, state: "done", sent: 1 }));
    this.entries.forEach((entry) => this.draw(entry));
    this.count();
  }

  clear() {
    [...this.entries].forEach((entry) => this.remove(entry));
  }

  add(files) {
    for (const file of files) {
      const entry = { file, name: file.name.slice(-LONGEST_NAME), size: file.size, sent: 0 };
      this.entries.push(entry);
      const why = this.entries.length > this.limits.attachments ? say("js.files.too_many", { most: this.limits.attachments }) : this.refusal(file);
      if (why) this.fail(entry, why, false);
      else this.send(entry);
    }
    this.count();
  }

  refusal(file) {
    const largest = this.limits.attachment_bytes;
    if (!file.size) return say("js.files.empty");
    if (file.size > largest) return say("js.files.too_large", { size: inWords(file.size), largest: inWords(largest) });
    return this.typeOf(file) ? "" : say("js.files.type");
  }

  typeOf(file) {
    const byEnding = BY_ENDING[file.name.split(".").pop().toLowerCase()];
    return [file.type, byEnding].find((type) => this.limits.attachment_types.includes(type));
  }

  async send(entry) {
    Object.assign(entry, { state: "going", why: "", sent: 0 });
    this.draw(entry);
    try {
      const leave = await ask("api/uploads", { name: entry.name, type: this.typeOf(entry.file), size: entry.size });
      if (entry.state !== "going") return; // removed meanwhile
      await this.post(entry, leave);
      Object.assign(entry, { state: "done", ticket: leave.upload, at: Date.now() });
      this.draw(entry);
    } catch (error) {
      if (entry.state === "going") this.fail(entry, error.message, !(error instanceof Refused) || error.code === "slow_down");
    }
    this.changed();
  }

  post(entry, { url, fields }) {
    const form = new FormData();
    Object.entries(fields).forEach(([name, value]) => form.append(name, value));
    form.append("file", entry.file);
    return new Promise((arrived, failed) => {
      const request = new XMLHttpRequest(); // fetch tells nothing of what was sent so far
      entry.request = request;
      request.upload.onprogress = (event) => {
        entry.sent = event.lengthComputable ? event.loaded / event.total : 0;
        one("progress", entry.row).value = entry.sent;
      };
      request.onload = () => (request.status < 300 ? arrived() : failed(new Error(say("js.files.not_taken"))));
      request.onerror = () => failed(new Error(say("js.files.broken")));
      request.open("POST", url);
      request.send(form);
    });
  }

  fail(entry, why, again) {
    Object.assign(entry, { state: "failed", why, again });
    this.draw(entry);
  }

  remove(entry) {
    entry.state = "removed";
    entry.request?.abort();
    entry.row.remove();
    this.entries = this.entries.filter((other) => other !== entry);
    this.count();
    this.changed();
  }

  count() {
    this.adding.classList.toggle("full", this.entries.length >= this.limits.attachments);
    this.input.disabled = this.entries.length >= this.limits.attachments;
  }

  draw(entry) {
    const { state, name } = entry;
    const words = { going: say("js.files.going"), done: say("js.files.done"), failed: entry.why }[state];
    const row = el(
      "li",
      { class: state },
      el("span", { class: "file-name" }, name),
      el("span", { class: "file-size" }, inWords(entry.size)),
      state === "going" && el("progress", { max: 1, value: entry.sent, "aria-label": say("js.files.progress", { name }) }),
      el("span", { class: "file-state", role: "status" }, words),
      state === "failed" && entry.again && el("button", { class: "plain", type: "button", onclick: () => this.send(entry) }, say("js.try_again")),
      el("button", { class: "plain", type: "button", "aria-label": say("js.files.remove_one", { name }), onclick: () => this.remove(entry) }, say("js.files.remove")),
    );
    if (entry.row) entry.row.replaceWith(row);
    else this.list.append(row);
    entry.row = row;
  }
}

/** A number of bytes, for a reader. */
export function inWords(bytes) {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
