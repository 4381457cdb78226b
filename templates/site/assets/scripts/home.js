// The front page: the city's mailboxes, and the receipts that this browser remembers.
import { desk } from "./api.js";
import { one, el } from "./page.js";
import { say } from "./say.js";
import { nameDesk } from "./site.js";
import { listRemembered } from "./remembered.js";

const place = one("[data-mailboxes]");

async function load() {
  place.setAttribute("aria-busy", "true");
  try {
    const { mailboxes } = await desk();
    nameDesk();
    place.replaceChildren(...mailboxes.map(card));
  } catch (error) {
    place.replaceChildren(
      el("div", { class: "notice stop" }, el("p", {}, error.message), el("button", { class: "button quiet", type: "button", onclick: load }, say("js.try_again"))),
    );
  } finally {
    place.removeAttribute("aria-busy");
  }
}

const card = (mailbox) =>
  el("a", { class: "mailbox", href: `file.html#${encodeURIComponent(mailbox.id)}` }, el("b", {}, mailbox.name), el("span", {}, mailbox.about));

listRemembered(one("[data-remembered]"), "track.html");
load();
