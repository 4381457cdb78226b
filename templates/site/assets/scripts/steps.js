// One step at a time. The browser's own way back leads a step back.
import { all, one, show } from "./page.js";
import { say } from "./say.js";

export class Steps {
  /** `entered(step)` is called when a step is shown. */
  constructor(filing, entered) {
    this.filing = filing;
    this.entered = entered;
    this.sections = all("[data-step]", filing);
    this.marks = all("[data-step-mark]", filing);
    window.addEventListener("popstate", (event) => this.draw(event.state?.step || 1));
    all("[data-back]", filing).forEach((button) => button.addEventListener("click", () => this.go(this.step - 1)));
  }

  get last() {
    return this.sections.length;
  }

  /** The step that holds a field. */
  of(field) {
    const section = this.sections.find((each) => one(`[data-field="${CSS.escape(field)}"]`, each));
    return section ? Number(section.dataset.step) : this.step;
  }

  /** What is shown of a step. */
  section(step) {
    return this.sections[step - 1];
  }

  begin(step) {
    history.replaceState({ step }, "", location.pathname);
    this.draw(step, false);
  }

  go(step) {
    if (step !== this.step) history.pushState({ step }, "");
    this.draw(step);
  }

  draw(step, lead = true) {
    this.step = step;
    this.sections.forEach((section) => show(section, Number(section.dataset.step) === step));
    this.marks.forEach((mark, index) => {
      mark.classList.toggle("done", index + 1 < step);
      if (index + 1 === step) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
    });
    const name = one("span", this.marks[step - 1]).textContent;
    one("[data-step-words]", this.filing).textContent = say("js.step", { step, of: this.last, name });
    this.entered(step);
    if (!lead) return;
    window.scrollTo(0, Math.max(0, this.filing.getBoundingClientRect().top + window.scrollY - 12));
    one("h2", this.sections[step - 1])?.focus({ preventScroll: true });
  }
}
