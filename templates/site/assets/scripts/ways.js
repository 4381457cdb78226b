// By which ways somebody is told, of those she left.
import { one, show } from "./page.js";

export const WAYS = ["sms", "mail"];
const box = (form, way) => form.elements[`way_${way}`];

/** Offer those of `left` (way and address), each ticked where `chosen` says so; without `chosen` the ticks stay. */
export function offerWays(form, left, chosen = null) {
  show(one('[data-field="ways"]', form), left.length > 0);
  for (const way of WAYS) {
    const found = left.find((each) => each.way === way);
    show(box(form, way).closest("[data-way]"), Boolean(found));
    one("[data-way-to]", box(form, way).parentElement).textContent = found?.to ?? "";
    if (chosen && found) box(form, way).checked = box(form, way).defaultChecked = chosen.includes(way);
  }
}

/** What is ticked, of what is offered. */
export const chosenWays = (form, left) => WAYS.filter((way) => left.some((each) => each.way === way) && box(form, way).checked);
