// The question with two fields that opens a submission: receipt number and query code.
import { one, show } from "./page.js";
import { readCode, readReceipt } from "./receipts.js";
import { say } from "./say.js";

/** What was typed, {receipt, code}; null when it cannot be right, and then each field says why. */
export function readQuestion(form) {
  const receipt = readReceipt(form.elements.receipt.value);
  const code = readCode(form.elements.code.value);
  const faults = [];
  if (!receipt) faults.push({ field: "receipt", message: say("js.track.number_wrong") });
  if (!code) faults.push({ field: "code", message: say("js.track.code_wrong") });
  sayFaultsOfQuestion(form, faults);
  return faults.length ? null : { receipt, code };
}

/** Each fault stands at its own field, and needs no summary. */
function sayFaultsOfQuestion(form, faults) {
  for (const name of ["receipt", "code"]) {
    const field = one(`[data-field="${name}"]`, form);
    const fault = faults.find((each) => each.field === name);
    field.classList.toggle("wrong", Boolean(fault));
    one(".fault", field).textContent = fault ? fault.message : "";
    show(one(".fault", field), Boolean(fault));
    form.elements[name].toggleAttribute("aria-invalid", Boolean(fault));
  }
  if (faults.length) form.elements[faults[0].field].focus();
}
