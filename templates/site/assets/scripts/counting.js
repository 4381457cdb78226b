// How much may still be written.
import { one, show } from "./page.js";
import { say } from "./say.js";

const NEAR = 0.8; // of the limit: from here on a short field shows its counter too

/** Characters as the desk counts them: 𠮷 is one. */
export const lengthOf = (text) => [...text.normalize("NFC").replace(/\r\n?/g, "\n").trim()].length;

/** Count what is typed into `name` within `form` against `most` characters. */
export function count(form, name, most) {
  const input = form.elements[name];
  const counter = one(`[data-counter="${name}"]`, form);
  const draw = () => {
    const length = lengthOf(input.value);
    counter.textContent = length > most ? say("js.count.over", { over: length - most, most }) : say("js.count", { length, most });
    counter.classList.toggle("over", length > most);
    show(counter, input.tagName === "TEXTAREA" || length > most * NEAR);
  };
  input.addEventListener("input", draw);
  form.addEventListener("counted", draw);
  draw();
}
