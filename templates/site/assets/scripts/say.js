// The words of this page's language. The build lays words.js beside this file, once for each language.
import { WORDS } from "./words.js";

export const LANGUAGE = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

/** The message `key`, its places filled: say("js.x", {days: 3}). An unknown key is an error of ours. */
export function say(key, places = {}) {
  if (!(key in WORDS)) throw new Error(`no words for ${key}`);
  return WORDS[key].replace(/\{(\w+)\}/g, (_, place) => places[place]);
}
