// Public matters that may be the writer's own: shown once she has written, for her to judge. She may join one, or go on.
import { ask } from "./api.js";
import { all, el, one, show } from "./page.js";
import { civilDay } from "./times.js";
import { say } from "./say.js";

const PATIENCE = 600; // milliseconds between the last change of step and the question

export class Alike {
  /** `place`: where they are shown; `input`: the hidden field that holds her choice; `changed` is called when she chose. */
  constructor(place, input, changed) {
    Object.assign(this, { place, input, changed, asked: "", offers: [], declined: false });
  }

  /** Ask for `letter`, unless it was asked already; an accusation is never asked about. */
  soon(letter) {
    clearTimeout(this.timer);
    const wanted = letter.kind !== "accusation" && letter.title.trim() && letter.text.trim();
    if (!wanted) return this.forget();
    const { title, text, kind, mailbox, area } = letter;
    const question = JSON.stringify({ title, text, kind, mailbox, area });
    if (question !== this.asked) this.timer = setTimeout(() => this.question(question), PATIENCE);
  }

  forget() {
    Object.assign(this, { asked: "", offers: [], declined: false });
    this.choose("");
  }

  async question(question) {
    this.asked = question;
    let offers;
    try {
      offers = (await ask("api/alike", JSON.parse(question))).alike;
    } catch {
      return; // without an answer she writes her letter as she would have
    }
    if (question !== this.asked) return; // she has written on meanwhile
    const known = this.offers.map(({ id }) => id).join();
    if (offers.map(({ id }) => id).join() !== known) this.declined = false;
    this.offers = offers;
    this.choose(offers.some(({ id }) => id === this.input.value) ? this.input.value : "");
  }

  /** The matter that she says is hers; null where she goes on by herself. */
  get chosen() {
    return this.offers.find(({ id }) => id === this.input.value) || null;
  }

  /** Show them at the head of `section`. */
  move(section) {
    if (this.place.parentElement !== section) section.prepend(this.place);
  }

  choose(id) {
    const before = this.input.value;
    this.input.value = id;
    if (id !== before) this.changed();
    this.draw();
  }

  decline() {
    this.declined = true;
    this.choose("");
  }

  draw() {
    show(this.place, this.offers.length > 0 && !this.declined);
    const { chosen } = this;
    const shown = chosen ? [chosen] : this.offers;
    one("[data-alike-words]", this.place).textContent = say(chosen ? "js.alike.chosen" : "js.alike.about");
    one("[data-alike-list]", this.place).replaceChildren(...shown.map((offer) => this.card(offer, chosen)));
    all("[data-alike-none]", this.place).forEach((button) => {
      button.onclick = () => (chosen ? this.choose("") : this.decline());
      button.textContent = say(chosen ? "js.alike.undo" : "js.alike.none");
    });
  }

  card(offer, chosen) {
    const facts = [offer.outcome_name, offer.state_name, offer.unit_name, offer.area_name];
    const when = say("js.alike.when", { filed: civilDay(offer.filed_on), people: offer.people });
    const join = el("button", { class: "button", type: "button", onclick: () => this.choose(offer.id) }, say("js.alike.join"));
    return el(
      "li",
      {},
      el("h3", {}, offer.title),
      el("p", { class: "fine" }, [...facts.filter(Boolean), when].join(" · ")),
      el("p", {}, el("b", {}, say("js.alike.answer")), offer.answer),
      chosen ? null : el("p", {}, join),
    );
  }
}
