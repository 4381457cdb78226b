// What is wrong with a form: said at the field, gathered in a summary, and the reader led there.
import { all, el, one, show } from "./page.js";

/** Say `faults` [{field, message}] within `form`; `reach(field)` brings a field into sight before it is gone to. */
export function sayFaults(form, faults, reach = () => {}) {
  clearFaults(form);
  const summary = one("[data-faults]", form.closest("[data-filing]") || form);
  one("ul", summary).replaceChildren(...faults.map((fault) => el("li", {}, link(form, fault, reach))));
  faults.forEach((fault) => mark(form, fault));
  show(summary, faults.length > 0);
  const first = faults.find((fault) => place(form, fault.field));
  if (first) go(form, first.field, reach);
  else if (faults.length) summary.scrollIntoView({ block: "center" });
}

/** Take everything that was said back. */
export function clearFaults(form) {
  show(one("[data-faults]", form.closest("[data-filing]") || form), false);
  all("[data-field].wrong", form).forEach(clearFault);
}

/** Take back what was said of one field. */
export function clearFault(field) {
  field.classList.remove("wrong");
  show(one(".fault", field), false);
  all("[aria-invalid]", field).forEach((input) => input.removeAttribute("aria-invalid"));
}

/** Whoever mends a field need not read on that it is wrong. */
export function clearWhenMended(form) {
  form.addEventListener("input", (event) => {
    const field = event.target.closest("[data-field]");
    if (field) clearFault(field);
  });
}

const place = (form, field) => (field ? one(`[data-field="${CSS.escape(field)}"]`, form) : null);
const inputs = (field) => all("input, textarea, select", field);

function mark(form, { field, message }) {
  const at = place(form, field);
  if (!at) return;
  const fault = one(".fault", at);
  fault.textContent = at.classList.contains("wrong") ? `${fault.textContent}\n${message}` : message; // one field, several lines
  at.classList.add("wrong");
  show(fault);
  for (const input of inputs(at)) {
    input.setAttribute("aria-invalid", "true");
    const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== fault.id);
    input.setAttribute("aria-describedby", [...others, fault.id].join(" "));
  }
}

function link(form, { field, message }, reach) {
  if (!place(form, field)) return message;
  const follow = (event) => {
    event.preventDefault();
    go(form, field, reach);
  };
  return el("a", { href: `#${field}`, onclick: follow }, message);
}

function go(form, field, reach) {
  reach(field);
  const at = place(form, field);
  const input = inputs(at).find((each) => each.checked) || inputs(at)[0];
  at.scrollIntoView({ block: "center" });
  if (input) input.focus({ preventScroll: true });
}
