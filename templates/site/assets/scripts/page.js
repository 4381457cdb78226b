// What every script does with a page. Text goes in as text, never as markup.

export const one = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];
export const ROOT = document.documentElement.dataset.root;

/** An element: el("p", {class: "hint"}, "words", otherElement). A function under "on…" listens. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Show `element`, or hide it. */
export function show(element, shown = true) {
  element.hidden = !shown;
}

/** Put words into a notice and lead the reader there; without words, hide it. */
export function tell(notice, words, ...more) {
  notice.replaceChildren(...(words ? [el("p", {}, words), ...more] : []));
  show(notice, Boolean(words));
  if (words) {
    notice.scrollIntoView({ block: "center" });
    notice.focus({ preventScroll: true });
  }
}

/** Keep `button` from being pressed while `work` goes on; its words tell what goes on. */
export async function busy(button, words, work) {
  const before = button.textContent;
  button.disabled = true;
  button.textContent = words;
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.textContent = before;
  }
}
