// How soon a talk asks for news again: quickly while it is lively, slowly when nobody looks or nothing answers.

const WAITING = 3_000; // milliseconds
const LIVELY = 2_000;
const QUIET = [
  [300_000, 8_000],
  [60_000, 4_000],
]; // after so long without anything new
const OVER = 10_000;
const HIDDEN = 15_000;
const LONGEST = 30_000; // well within the two minutes after which the desk thinks that she is gone

/** Milliseconds until the next question. `quiet`: how long nothing new came; `failures`: questions without an answer. */
export function pace({ phase, quiet, hidden, failures }) {
  const lively = { waiting: WAITING, talking: LIVELY }[phase] || OVER;
  const slower = QUIET.find(([after]) => quiet > after);
  const usual = Math.max(lively, slower ? slower[1] : 0, hidden ? HIDDEN : 0);
  return Math.min(LONGEST, usual * 2 ** failures);
}
