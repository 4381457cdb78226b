// The draft of a letter. What was written stays a week in this browser; who wrote it, and an accusation, only in this tab.
import { draft } from "./store.js";

const PERSONAL = ["name", "phone", "email", "signers"];
const WAIT = 400; // milliseconds after the last key

export class Drafts {
  /** `take()` gives {key, step, values, uploads}; `kept(kind)` is told what was kept. */
  constructor(take, kept) {
    this.take = take;
    this.kept = kept;
    this.stopped = false;
    document.addEventListener("input", () => this.soon());
    window.addEventListener("pagehide", () => this.timer && this.now());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT);
  }

  now() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.stopped) return;
    const { key, step, values, uploads } = this.take();
    const at = Date.now();
    const sealed = values.kind === "accusation";
    const personal = Object.fromEntries(PERSONAL.map((name) => [name, values[name]]));
    const common = { ...values };
    PERSONAL.forEach((name) => delete common[name]);
    draft.keep(sealed ? null : { key, step, values: common, at }, { key, step, values: sealed ? values : personal, uploads, at });
    this.kept(sealed ? "js.draft.kept_sealed" : "js.draft.kept");
  }

  /** {key, step, values, uploads, at} of what was kept before; null when there is nothing worth it. */
  restored() {
    const { common, own } = draft.kept();
    const latest = own && (!common || own.values.kind === "accusation" || own.key === common.key) ? own : null;
    if (!common && !latest) return null;
    const values = { ...common?.values, ...latest?.values };
    const written = [values.title, values.text, values.place, values.name].some((text) => text && text.trim());
    if (!written && !values.mailbox) return null;
    const { key, step, at } = latest || common;
    return { key, step, at, values, uploads: latest?.uploads || [] };
  }

  /** Forget it, and keep nothing more. */
  end() {
    this.stopped = true;
    clearTimeout(this.timer);
    draft.forget();
  }
}
