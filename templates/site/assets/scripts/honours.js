// 晒网: the units' ranking of a month or a quarter, and the cases that were praised and blamed.
import { ask, insisting } from "./api.js";
import { el, one } from "./page.js";
import { say } from "./say.js";
import { moment } from "./times.js";

const place = one("[data-honours]");
const NAME = /^(\d{4})-(?:Q([1-4])|(\d{2}))$/;

async function load(span) {
  place.setAttribute("aria-busy", "true");
  try {
    const path = span ? `api/honours?span=${encodeURIComponent(span)}` : "api/honours";
    place.replaceChildren(...drawn(await insisting(() => ask(path))));
  } catch (error) {
    const again = el("button", { class: "button quiet", type: "button", onclick: () => load(span) }, say("js.try_again"));
    place.replaceChildren(el("div", { class: "notice stop", role: "alert" }, el("p", {}, error.message), again));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function drawn(told) {
  if (!told.span) return [el("p", { class: "notice" }, say("js.honours.none"))];
  return [chosen(told), ...cases("praised", told.praised), ...cases("blamed", told.blamed), ...ranking(told)];
}

function chosen({ spans, span }) {
  const choice = el(
    "select",
    { onchange: (event) => load(event.target.value) },
    ...spans.map((name) => el("option", name === span ? { value: name, selected: "" } : { value: name }, named(name))),
  );
  return el("label", { class: "honours-span" }, el("span", {}, say("js.honours.span")), choice);
}

function named(name) {
  const [, year, quarter, month] = NAME.exec(name) ?? [];
  if (!year) return name;
  return quarter ? say("js.honours.quarter", { year, quarter }) : say("js.honours.month", { year, month });
}

function cases(side, told) {
  if (!told.length) return [];
  const items = told.map(({ unit_name: unit, title, sentence }) =>
    el("li", {}, el("p", {}, el("b", {}, unit)), title ? el("p", { class: "honours-title" }, title) : null, el("p", {}, sentence)),
  );
  return [el("section", {}, el("h2", {}, say(`js.honours.${side}`)), el("ul", { class: `honours-cases ${side}` }, ...items))];
}

function ranking({ classes, parts, published_at: at }) {
  const title = el("h2", {}, say("js.honours.ranking"));
  if (!classes.length) return [el("section", {}, title, el("p", { class: "notice" }, say("js.honours.unranked")))];
  const published = el("p", { class: "fine" }, say("js.honours.at", { at: moment(at) }));
  return [el("section", {}, title, ...classes.flatMap((group) => ofClass(group, parts)), published)];
}

function ofClass({ name, units }, parts) {
  const heads = [say("js.honours.rank"), say("js.honours.unit"), say("js.honours.score"), say("js.honours.received"), ...parts.map((part) => part.name)];
  const head = el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text))));
  const rows = units.map((unit) =>
    el(
      "tr",
      {},
      el("td", {}, unit.rank === null ? say("js.honours.few") : `${unit.rank}`),
      el("th", { scope: "row" }, unit.unit_name),
      el("td", {}, unit.score === null ? "—" : unit.score.toFixed(2)),
      el("td", {}, `${unit.received}`),
      ...parts.map(({ part }) => el("td", {}, unit.rates[part] === null ? "—" : `${unit.rates[part]}%`)),
    ),
  );
  const table = el("table", {}, el("caption", {}, name), head, el("tbody", {}, ...rows));
  return [el("div", { class: "honours-table", tabindex: "0", role: "region", "aria-label": name }, table)];
}

load();
