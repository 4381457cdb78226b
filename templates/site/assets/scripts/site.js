// Every page: the city's name in the head, larger letters.
import { larger } from "./store.js";
import { LANGUAGE } from "./say.js";
import { one, show } from "./page.js";

const button = one("[data-larger]");

function letters(wanted) {
  document.documentElement.classList.toggle("larger", wanted);
  button.setAttribute("aria-pressed", String(wanted));
}

/** Put the city's name under the site's own. */
export function nameDesk() {
  const name = sessionStorage.getItem(`sunlight.desk-name.${LANGUAGE}`);
  if (name) one("[data-desk-name]").textContent = name;
}

letters(larger.kept());
show(button);
button.addEventListener("click", () => {
  larger.keep(!larger.kept());
  letters(larger.kept());
});
nameDesk();
