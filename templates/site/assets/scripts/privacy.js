// One button that makes this browser forget.
import { forgetAll } from "./store.js";
import { one, show } from "./page.js";

const button = one("[data-clear]");
show(button);
button.addEventListener("click", () => {
  forgetAll();
  show(one("[data-cleared]"));
});
