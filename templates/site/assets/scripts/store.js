// What stays in this browser: for this tab, or, where the reader was told so, for longer.

const DRAFT = "sunlight.draft";
const RECEIPT = "sunlight.receipt";
const TRACKED = "sunlight.tracked";
const BOOKING = "sunlight.booking";
const TALK = "sunlight.talk";
const REMEMBERED = "sunlight.remembered";
const LARGER = "sunlight.larger";
const DRAFT_LASTS = 7 * 86_400_000; // milliseconds
const MOST_REMEMBERED = 10;

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null; // not ours, or cut short
  }
}

function write(store, key, value) {
  try {
    if (value === null) store.removeItem(key);
    else store.setItem(key, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing (private mode, full): the page works without
  }
}

/** A draft. `own` (who writes, and all of an accusation) stays with this tab only; the rest for a week. */
export const draft = {
  keep(common, own) {
    write(localStorage, DRAFT, common);
    write(sessionStorage, DRAFT, own);
  },
  kept() {
    const common = read(localStorage, DRAFT);
    const fresh = common && Date.now() - common.at < DRAFT_LASTS ? common : null;
    return { common: fresh, own: read(sessionStorage, DRAFT) };
  },
  forget() {
    write(localStorage, DRAFT, null);
    write(sessionStorage, DRAFT, null);
  },
};

const tabs = (key) => ({
  keep: (value) => write(sessionStorage, key, value),
  kept: () => read(sessionStorage, key),
  forget: () => write(sessionStorage, key, null),
});

/** The receipt just given; what is being tracked {receipt, code}. Both end with the tab. */
export const receipt = tabs(RECEIPT);
export const tracked = tabs(TRACKED);

/** The booking that is looked at {number, code}; it ends with the tab. */
export const booking = tabs(BOOKING);

/** The token of a talk with the desk {token}; it ends with the tab. */
export const talk = tabs(TALK);

/** Receipts that the reader asked this browser to remember: [{receipt, code, at}]. */
export const remembered = {
  kept: () => read(localStorage, REMEMBERED) || [],
  has: (number) => remembered.kept().some((one) => one.receipt === number),
  add({ receipt: number, code, at }) {
    const others = remembered.kept().filter((one) => one.receipt !== number);
    write(localStorage, REMEMBERED, [{ receipt: number, code, at }, ...others].slice(0, MOST_REMEMBERED));
  },
  remove(number) {
    const others = remembered.kept().filter((one) => one.receipt !== number);
    write(localStorage, REMEMBERED, others.length ? others : null);
  },
  forget: () => write(localStorage, REMEMBERED, null),
};

/** Whether the reader wants larger letters. */
export const larger = {
  kept: () => read(localStorage, LARGER) === true,
  keep: (wanted) => write(localStorage, LARGER, wanted || null),
};

/** Forget everything of this site. */
export function forgetAll() {
  for (const store of [localStorage, sessionStorage]) {
    for (const key of Object.keys(store).filter((name) => name.startsWith("sunlight."))) store.removeItem(key);
  }
}
