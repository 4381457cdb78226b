// One's own data: a copy of all of it as a file, and its erasure where the desk says that the time has come.
import { ask, insisting } from "./api.js";
import { busy, el, one, show, tell } from "./page.js";
import { clearWhenMended, sayFaults } from "./faults.js";
import { receipt as given, remembered, tracked } from "./store.js";
import { say } from "./say.js";

const copying = one("[data-copy]");
const erasing = one("[data-erase]");
const form = one("form", erasing);

/** Offer what may be done with the data of what was `told`. */
export const offer = (told) => show(erasing, told.may_erase);

const asked = (path) => {
  const { receipt, code } = tracked.kept();
  return insisting(() => ask(`api/submissions/${receipt}/${path}`, { code }));
};

copying.addEventListener("click", async () => {
  try {
    const copy = await busy(copying, say("js.loading"), () => asked("copy"));
    save(`sunlight-${copy.receipt}.json`, JSON.stringify(copy, null, 2));
    tell(one("[data-done]"), say("js.copy.done"));
  } catch (error) {
    tell(one("[data-done]"), error.message);
  }
});

function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

clearWhenMended(form);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const faults = form.elements.certain.checked ? [] : [{ field: "certain", message: say("js.need.sure") }];
  sayFaults(form, faults);
  if (faults.length) return;
  try {
    const { receipt } = await busy(one("[type=submit]", form), say("js.sending"), () => asked("erasure"));
    remembered.remove(receipt);
    tracked.forget();
    if (given.kept()?.receipt === receipt) given.forget();
  } catch (error) {
    sayFaults(form, [{ field: "", message: error.message }]);
    return;
  }
  form.reset();
  one("[data-story]").replaceChildren();
  show(one("[data-acts]"), false);
  show(copying, false);
  tell(one("[data-done]"), say("js.erase.done"));
});
