// Everything once more before it is sent, each part with the way back to it.
import { el } from "./page.js";
import { say } from "./say.js";
import { inWords } from "./uploads.js";

/** Fill `place` with what will be sent; `go(step)` leads to where a part is changed. */
export function review(place, values, desk, files, go) {
  const named = (list, id) => list.find((one) => (one.id ?? one.code) === id)?.name ?? "";
  const yes = (flag) => say(flag ? "js.yes" : "js.no");
  const none = say("js.none");
  const who = [
    [say("js.review.who"), values.anonymous ? say("js.review.anonymous") : values.name],
    [say("js.review.phone"), values.phone || none],
    [say("js.review.email"), values.email || none],
    [say("js.review.ways"), values.ways.map((way) => say(`js.way.${way}`)).join(say("js.and")) || say("js.ways.none")],
    [say("js.review.keep"), yes(values.keep_name_from_unit)],
  ];
  if (values.joint) who.splice(1, 0, [say("js.review.signers"), values.signers.trim()]);
  if (values.kind !== "accusation") who.push([say("js.review.publish"), yes(values.may_publish)]);
  place.replaceChildren(
    part(1, go, [
      [say("js.review.mailbox"), named(desk.mailboxes, values.mailbox)],
      [say("js.review.kind"), named(desk.kinds, values.kind)],
    ]),
    part(2, go, [
      [say("js.review.title"), values.title],
      [say("js.review.text"), values.text],
    ]),
    part(3, go, [
      [say("js.review.area"), named(desk.areas, values.area) || none],
      [say("js.review.place"), values.place || none],
      [say("js.review.day"), values.happened_on || none],
    ]),
    part(4, go, who),
    part(5, go, [[say("js.review.files"), files.map(({ name, size }) => say("js.review.file", { name, size: inWords(size) })).join("\n") || none]]),
  );
}

function part(step, go, rows) {
  return el(
    "div",
    { class: "review-part" },
    el("dl", {}, ...rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    el("button", { class: "plain", type: "button", onclick: () => go(step), "aria-label": say("js.review.change_one", { part: rows[0][0] }) }, say("js.review.change")),
  );
}
