// The little work that sending a form costs (ALTCHA), done in the background while she still writes.
import { ask, insisting, Refused, Unreachable } from "./api.js";
import { say } from "./say.js";

const ENDS_BEFORE = 60; // seconds: work that is out of date so soon is done anew

/** The work was not done, and how to go on. */
export class Undone extends Error {}

export class Work {
  /** `purpose`: "submission", "booking" or "talk". */
  constructor(purpose) {
    this.purpose = purpose;
    this.forget();
  }

  /** Begin with the work for the form `key`, unless it is under way or done. What goes wrong is told when it is sent. */
  begin(key) {
    if (this.key === key && this.until > Date.now() / 1000 + ENDS_BEFORE) return;
    this.forget();
    this.key = key;
    this.until = Infinity; // under way
    const mine = (this.coming = this.solved(key));
    mine.catch(() => this.coming === mine && this.forget());
  }

  forget() {
    this.worker?.terminate();
    this.stop?.(new Undone(say("js.work.undone")));
    Object.assign(this, { key: "", until: 0, part: 0, coming: null, worker: null, stop: null });
  }

  /** Send `body` to `path` with its proof, three times at most where nothing answers; `told` is given words of how far
   * it is, `again` is called before each new try. Throws what ask throws, and Undone. */
  async send(path, body, told = () => {}, again = () => {}) {
    for (const last of [false, true]) {
      const proof = await this.proof(body.key, told);
      try {
        return await insisting(() => ask(path, { ...body, proof }), again);
      } catch (error) {
        if (last || !(error instanceof Refused) || !error.code.startsWith("proof_")) throw error;
        this.forget(); // it was done too long ago: once more, by itself
      }
    }
  }

  async proof(key, told) {
    this.begin(key);
    const telling = setInterval(() => told(say("js.work.going", { percent: Math.round(this.part * 100) })), 300);
    try {
      return await this.coming;
    } finally {
      clearInterval(telling);
    }
  }

  async solved(key) {
    const { work } = await insisting(() => ask("api/challenges", { purpose: this.purpose, key }));
    if (this.key !== key) throw new Undone(say("js.work.undone"));
    this.until = work ? work.parameters.expiresAt : Infinity;
    if (!work) return "";
    const { parameters, signature } = work;
    const solution = await this.worked(parameters, work.most);
    return btoa(JSON.stringify({ challenge: { parameters, signature }, solution }));
  }

  worked(parameters, most) {
    return new Promise((found, failed) => {
      this.stop = failed;
      this.worker = new Worker(new URL("worker.js", import.meta.url));
      this.worker.onerror = () => failed(new Undone(say("js.work.undone")));
      this.worker.onmessage = ({ data }) => {
        if (data.part !== undefined) this.part = data.part;
        else if (data.solution) found(data.solution);
        else failed(new Undone(say("js.work.undone")));
      };
      this.worker.postMessage({ parameters, most });
    });
  }
}

export const isTrouble = (error) => error instanceof Unreachable || error instanceof Undone;
