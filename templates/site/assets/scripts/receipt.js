// The receipt: number and code, large, to be copied, printed, written down.
import { all, one, show } from "./page.js";
import { receipt as receipts, remembered, tracked } from "./store.js";
import { deadline, moment } from "./times.js";
import { say } from "./say.js";

const receipt = receipts.kept();

function open() {
  show(one("[data-none]"), !receipt);
  show(one("[data-receipt]"), Boolean(receipt));
  if (!receipt) return;
  one("[data-number]").textContent = receipt.receipt_spoken;
  one("[data-code]").textContent = receipt.code_spoken;
  one("[data-filed]").textContent = say("js.receipt.filed", { at: moment(receipt.filed_at) });
  one("[data-register]").textContent = say("js.receipt.register", { day: deadline(receipt.register_due) });
  show(one("[data-earlier]"), receipt.earlier);
  one("[data-joins]").textContent = receipt.joins ? say("js.receipt.joins", { title: receipt.joins }) : "";
  show(one("[data-joins]"), Boolean(receipt.joins));
  tracked.keep({ receipt: receipt.receipt, code: receipt.code });
  const tick = one("[data-remember]");
  tick.checked = remembered.has(receipt.receipt);
  tick.addEventListener("change", () => remember(tick.checked));
  all("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button.dataset.copy)));
  one("[data-print]").addEventListener("click", () => window.print());
  one("[data-leave]").addEventListener("click", leave);
  one("h1", one("[data-receipt]")).focus({ preventScroll: true });
}

function remember(wanted) {
  if (wanted) remembered.add({ receipt: receipt.receipt, code: receipt.code, at: receipt.filed_at });
  else remembered.remove(receipt.receipt);
}

async function copy(what) {
  const { receipt_spoken: number, code_spoken: code } = receipt;
  const text = { number, code, both: say("js.receipt.both", { number, code }) }[what];
  one("[data-copied]").textContent = say((await copied(text)) ? "js.copied" : "js.not_copied");
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // an insecure origin, or the reader said no
  }
}

function leave() {
  receipts.forget();
  tracked.forget();
  location.assign("index.html");
}

open();
