// The same sums that the desk has done, done again here: nobody needs to believe the desk.
// Chain: docs/record.md. Trees: RFC 6962, section 2.1; proofs: RFC 9162, section 2.1.3.2.

const GENESIS = "0".repeat(64);
const DAY = 86_400_000;
const HEX = /^[0-9a-f]{64}$/;

/** Whether this browser can do the sums; it cannot where the page did not come safely. */
export const able = () => Boolean(globalThis.crypto && crypto.subtle);

const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
const hex = (array) => [...array].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function sha256(...parts) {
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

const textHash = async (text) => hex(await sha256(new TextEncoder().encode(text)));
const leaf = (hash) => sha256(Uint8Array.of(0), bytes(hash));
const node = (left, right) => sha256(Uint8Array.of(1), left, right);

/** Whether each event names the one before it. Gives the numbers of those that do not. */
export function unchained(events) {
  return events.filter((event, at) => !HEX.test(event.hash) || event.previous !== (at ? events[at - 1].hash : GENESIS) || event.number !== at + 1).map((event) => event.number);
}

/** Whether what the reader said herself is what its hash was taken over, at its place: the line holds its digests. */
export async function ownWordHolds(event, receipt) {
  const line = JSON.parse(event.line);
  for (const [field, text] of Object.entries(event.words)) {
    if (line[5][field] !== (await textHash(`${event.salt}\n${field}\n${text}`))) return false;
  }
  return line[1] === event.number && line[6] === event.previous && line[5].receipt === receipt && (await textHash(event.line)) === event.hash;
}

/** Whether `proof` leads from an event's hash up to a day's root. */
export async function proved(hash, { index, size, path }, root) {
  if (!(index >= 0 && index < size) || !path.every((sibling) => HEX.test(sibling))) return false;
  let at = index;
  let last = size - 1;
  let top = await leaf(hash);
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      top = await node(bytes(sibling), top);
      while (at % 2 === 0 && at) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      top = await node(top, bytes(sibling));
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hex(top) === root;
}

/** The published days, earliest first, that do not follow the day before, or whose hash is not their own. */
export async function unfollowed(days) {
  const wrong = [];
  for (const [at, { day, events, root, previous, hash }] of days.entries()) {
    const before = days[at - 1];
    const follows = !before || (previous === before.hash && Date.parse(day) - Date.parse(before.day) === DAY);
    if (!follows || (await textHash(JSON.stringify([day, events, root, previous]))) !== hash) wrong.push(day);
  }
  return wrong;
}
