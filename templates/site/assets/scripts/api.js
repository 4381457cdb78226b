// The desk's API, at the same origin as the page.
import { LANGUAGE, say } from "./say.js";
import { ROOT } from "./page.js";

const SECONDS = 35; // the gateway gives up after 29
const PAUSES = [1, 3]; // seconds before it is tried again

/** No answer: no network, no time, or the desk's own failure. Asking again does no harm. */
export class Unreachable extends Error {}

/** The desk said no. `code`, `fields` [{field, message}], `seconds` to wait; the message is for the reader. */
export class Refused extends Error {
  constructor(error, seconds) {
    super(error.message || say("js.refused"));
    this.code = error.code || "refused";
    this.fields = error.fields || [];
    this.seconds = seconds;
  }
}

/** Ask once; `body` makes it a POST, `cache` is fetch's. Throws Unreachable or Refused. */
export async function ask(path, body, cache = "default") {
  const request = { cache, headers: { "Accept-Language": LANGUAGE, Accept: "application/json" } };
  if (body !== undefined) {
    request.method = "POST";
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const { answer, content } = await answered(path, request);
  if (answer.ok && content !== null) return content;
  if (answer.ok || answer.status >= 500) throw new Unreachable(say("js.unreachable"));
  throw new Refused((content && content.error) || {}, Number(answer.headers.get("Retry-After")) || 0);
}

async function answered(path, request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), SECONDS * 1000);
  let answer, text;
  try {
    answer = await fetch(ROOT + path, { ...request, signal: patience.signal });
    text = await answer.text();
  } catch {
    throw new Unreachable(say(navigator.onLine ? "js.unreachable" : "js.offline"));
  } finally {
    clearTimeout(timer);
  }
  try {
    return { answer, content: JSON.parse(text) };
  } catch {
    return { answer, content: null };
  }
}

/** Do `work` until there is an answer, three times at most; `again` is called before each new try. */
export async function insisting(work, again = () => {}) {
  for (const pause of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    again();
    await new Promise((done) => setTimeout(done, pause * 1000));
  }
  return work();
}

/** What the form needs to know of the city; its name is kept for the other pages' heads. */
export async function desk() {
  const known = await insisting(() => ask("api/desk"));
  sessionStorage.setItem(`sunlight.desk-name.${LANGUAGE}`, known.name);
  return known;
}

/** A key for one form, which no one can guess: 128 bits. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
