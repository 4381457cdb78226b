// What the writer of each kind of letter is asked of the reply, and the words of her answer.
import { say } from "./say.js";

const TO_SOLVE = ["appeal", "accusation"];

/** The question, by the kind of the letter. */
export const askedOf = (kind) => say(`js.rate.solved.${kind}`);

/** An answer to it: yes, partly or no. */
export const answerOf = (kind, value) => say(`js.${TO_SOLVE.includes(kind) ? "solved" : "answered"}.${value}`);
