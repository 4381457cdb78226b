// The list of receipts that this browser remembers.
import { remembered, tracked } from "./store.js";
import { el, one, show } from "./page.js";
import { say } from "./say.js";
import { spoken } from "./receipts.js";
import { day } from "./times.js";

/** Fill `place` with what is remembered. A receipt opens the tracking page, or calls `open` where it is a function. */
export function listRemembered(place, open) {
  const kept = remembered.kept();
  show(place, kept.length > 0);
  one("ul", place).replaceChildren(...kept.map((entry) => row(entry, place, open)));
}

function row(entry, place, open) {
  const follow = () => {
    tracked.keep({ receipt: entry.receipt, code: entry.code });
    if (typeof open === "function") open();
    else location.assign(open);
  };
  const forget = () => {
    remembered.remove(entry.receipt);
    listRemembered(place, open);
  };
  return el(
    "li",
    {},
    el("button", { class: "slip-link", type: "button", onclick: follow }, el("b", { class: "digits" }, spoken(entry.receipt)), el("small", {}, say("js.filed_on", { day: day(entry.at) }))),
    el("button", { class: "plain", type: "button", onclick: forget, "aria-label": say("js.forget_one", { receipt: spoken(entry.receipt) }) }, say("js.forget")),
  );
}
