// 积案化解: how much of the backlog is settled, by leader. Figures only.
import { ask, insisting } from "./api.js";
import { el, one } from "./page.js";
import { say } from "./say.js";
import { day, moment } from "./times.js";

const place = one("[data-campaign]");

async function load() {
  place.setAttribute("aria-busy", "true");
  try {
    place.replaceChildren(...drawn(await insisting(() => ask("api/campaign"))));
  } catch (error) {
    const again = el("button", { class: "button quiet", type: "button", onclick: load }, say("js.try_again"));
    place.replaceChildren(el("div", { class: "notice stop", role: "alert" }, el("p", {}, error.message), again));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function drawn(told) {
  if (!told.public) return [el("p", { class: "notice" }, say("js.campaign.closed"))];
  if (!told.total) return [el("p", { class: "notice good" }, say("js.campaign.none")), asOf(told)];
  return [whole(told), byLeader(told), asOf(told)];
}

function whole({ total, settled, open, percent, since }) {
  return el(
    "section",
    { class: "campaign-whole" },
    el("p", { class: "campaign-rate" }, el("span", {}, say("js.campaign.rate")), el("b", {}, rate(percent))),
    bar(settled, total, say("js.campaign.rate")),
    el("p", {}, say("js.campaign.counts", { total, settled, open })),
    since && el("p", { class: "under" }, say("js.campaign.since", { day: day(`${since}T00:00:00+08:00`) })),
  );
}

function byLeader({ leaders, unowned }) {
  const items = leaders.map(({ name, office, total, settled, percent }) => {
    const who = name === null ? say("js.campaign.former") : name;
    return el(
      "li",
      {},
      el("p", { class: "campaign-who" }, el("b", {}, who), office ? el("span", {}, office) : null),
      el("p", { class: "campaign-done" }, say("js.campaign.share", { total, settled, rate: rate(percent) })),
      bar(settled, total, who),
    );
  });
  return el(
    "section",
    {},
    el("h2", {}, say("js.campaign.by_leader")),
    items.length ? el("ul", { class: "campaign-leaders" }, ...items) : null,
    unowned ? el("p", { class: "notice warm" }, say("js.campaign.waiting", { number: unowned })) : null,
  );
}

const rate = (percent) => `${percent}%`;
const bar = (value, max, label) => el("progress", { class: "campaign-bar", value, max, "aria-label": label });
const asOf = ({ at }) => el("p", { class: "fine" }, say("js.campaign.at", { at: moment(at) }));

load();
