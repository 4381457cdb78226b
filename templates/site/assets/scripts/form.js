// The letter as the form holds it.
import { all, el, one, show } from "./page.js";
import { say } from "./say.js";
import { lengthOf } from "./counting.js";
import { chosenWays, offerWays } from "./ways.js";

const TEXTS = ["title", "text", "area", "place", "happened_on", "name", "phone", "email", "signers", "alike"];
const FLAGS = ["joint", "keep_name_from_unit", "may_publish"];
const FIRST_SHOWN = 6; // mailboxes; the others at the press of a button

export class Form {
  constructor(form, desk) {
    this.form = form;
    this.desk = desk;
    this.fillMailboxes();
    this.fillAreas();
    form.addEventListener("change", () => this.suit());
    for (const name of ["phone", "email"]) form.elements[name].addEventListener("input", () => this.suit());
  }

  /** Everything but key and uploads, as the API takes it. What does not belong to the choice made is left out. */
  values() {
    const values = Object.fromEntries(TEXTS.map((name) => [name, this.form.elements[name].value]));
    FLAGS.forEach((name) => (values[name] = this.form.elements[name].checked));
    values.mailbox = this.chosen("mailbox");
    values.kind = this.chosen("kind");
    values.anonymous = this.chosen("anonymous") === "yes";
    if (values.anonymous) Object.assign(values, { name: "", joint: false, keep_name_from_unit: true });
    if (!values.joint) values.signers = "";
    if (values.kind === "accusation") Object.assign(values, { may_publish: false, alike: "" });
    values.ways = chosenWays(this.form, this.left());
    return values;
  }

  /** The ways by which the writer could be told. */
  left() {
    const { phone, email } = this.form.elements;
    const ways = { sms: phone.value.trim(), mail: email.value.trim() };
    return Object.keys(ways).filter((way) => ways[way]).map((way) => ({ way, to: ways[way] }));
  }

  fill(values) {
    if (values.mailbox) this.choose("mailbox", values.mailbox);
    this.suit();
    if (values.kind) this.choose("kind", values.kind);
    if ("anonymous" in values) this.choose("anonymous", values.anonymous ? "yes" : "no");
    TEXTS.filter((name) => name in values).forEach((name) => (this.form.elements[name].value = values[name]));
    FLAGS.filter((name) => name in values).forEach((name) => (this.form.elements[name].checked = values[name]));
    if (values.ways) offerWays(this.form, this.left(), values.ways);
    this.suit();
    this.form.dispatchEvent(new Event("counted"));
  }

  chosen(name) {
    const input = one(`input[name="${name}"]:checked`, this.form);
    return input ? input.value : "";
  }

  choose(name, value) {
    const input = one(`input[name="${name}"][value="${CSS.escape(value)}"]`, this.form);
    if (!input) return;
    input.checked = true;
    if (input.closest(".choice").hidden) this.showAllMailboxes();
  }

  /** Show what suits the choices made. */
  suit() {
    this.fillKinds();
    const { anonymous, joint, kind } = this.values();
    all("[data-for-real]", this.form).forEach((part) => show(part, !anonymous));
    all("[data-for-anonymous]", this.form).forEach((part) => show(part, anonymous));
    all("[data-for-joint]", this.form).forEach((part) => show(part, joint));
    all("[data-for-accusation]", this.form).forEach((part) => show(part, kind === "accusation"));
    all("[data-not-accusation]", this.form).forEach((part) => show(part, kind !== "accusation"));
    offerWays(this.form, this.left());
  }

  /** What is plainly missing in a step; the desk itself has the last word. */
  missing(step) {
    const values = this.values();
    const { limits } = this.desk;
    const faults = [];
    const need = (field, key) => faults.push({ field, message: say(key) });
    if (step === 1 && !values.mailbox) need("mailbox", "js.need.mailbox");
    if (step === 1 && values.mailbox && !values.kind) need("kind", "js.need.kind");
    if (step === 2 && !values.title.trim()) need("title", "js.need.title");
    if (step === 2 && !values.text.trim()) need("text", "js.need.text");
    if (step === 4 && !values.anonymous && !values.name.trim()) need("name", "js.need.name");
    if (step === 4 && !values.anonymous && !values.phone.trim() && !values.email.trim()) need("phone", "js.need.contact");
    if (step === 4 && values.joint && !values.signers.trim()) need("signers", "js.need.signers");
    for (const name of { 2: ["title", "text"], 3: ["place"], 4: ["name"] }[step] || []) {
      const over = lengthOf(values[name]) - limits[name];
      if (over > 0) faults.push({ field: name, message: say("js.count.over", { over, most: limits[name] }) });
    }
    return faults;
  }

  fillMailboxes() {
    const { mailboxes } = this.desk;
    const place = one('[data-choices="mailbox"]', this.form);
    place.replaceChildren(...mailboxes.map((box) => choice("mailbox", box)));
    place.removeAttribute("aria-busy");
    const others = [...place.children].slice(FIRST_SHOWN);
    others.forEach((card) => show(card, false));
    const more = one("[data-show-more]", this.form);
    more.textContent = say("js.more_mailboxes", { number: others.length });
    more.addEventListener("click", () => {
      this.showAllMailboxes();
      one("input", others[0]).focus();
    });
    show(more.parentElement, others.length > 0);
  }

  showAllMailboxes() {
    all('[data-choices="mailbox"] .choice', this.form).forEach((card) => show(card));
    show(one("[data-more]", this.form), false);
  }

  fillKinds() {
    const box = this.desk.mailboxes.find(({ id }) => id === this.chosen("mailbox"));
    const kinds = box ? this.desk.kinds.filter(({ id }) => box.kinds.includes(id)) : [];
    const place = one('[data-choices="kind"]', this.form);
    show(place.parentElement, kinds.length > 0);
    if (place.dataset.of === (box ? box.id : "")) return;
    const before = this.chosen("kind");
    place.dataset.of = box ? box.id : "";
    place.replaceChildren(...kinds.map((kind) => choice("kind", kind)));
    this.choose("kind", kinds.length === 1 ? kinds[0].id : before);
  }

  fillAreas() {
    const { areas } = this.desk;
    const under = (parent) => areas.filter((area) => area.parent === parent);
    const option = (area, words = area.name) => el("option", { value: area.code }, words);
    for (const top of under(null)) {
      this.form.elements.area.append(option(top, say("js.whole_city", { name: top.name })));
      for (const county of under(top.code)) {
        const inside = under(county.code).map((area) => option(area));
        const whole = option(county, say("js.whole_area", { name: county.name }));
        this.form.elements.area.append(el("optgroup", { label: county.name }, whole, ...inside));
      }
    }
  }
}

const choice = (name, { id, name: words, about }) =>
  el("label", { class: "choice" }, el("input", { type: "radio", name, value: id }), el("span", {}, el("b", {}, words), el("small", {}, about)));
