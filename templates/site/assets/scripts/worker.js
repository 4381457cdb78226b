// Tries one counter after the other until the derived key begins as the challenge says (ALTCHA's second protocol).
// The browser's own PBKDF2 does it; where a page has none (no HTTPS), the same is computed here, some times slower.
"use strict";

const AT_ONCE = 4; // a phone has several cores, and the browser derives on all of them

onmessage = async ({ data: { parameters, most } }) => {
  const began = Date.now();
  const derive = self.crypto && crypto.subtle ? byBrowser : byHand;
  const nonce = bytesOf(parameters.nonce);
  const salt = bytesOf(parameters.salt);
  for (let first = 0; first <= most; first += AT_ONCE) {
    const counters = Array.from({ length: AT_ONCE }, (_, more) => first + more);
    const keys = await Promise.all(counters.map((counter) => derive(withCounter(nonce, counter), salt, parameters)));
    const place = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (place >= 0) {
      postMessage({ solution: { counter: counters[place], derivedKey: keys[place], time: Date.now() - began } });
      return;
    }
    postMessage({ part: Math.min(1, first / most) });
  }
  postMessage({});
};

async function byBrowser(password, salt, { cost, keyLength }) {
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: cost }, key, keyLength * 8);
  return hexOf(new Uint8Array(bits));
}

/** PBKDF2 with HMAC-SHA-256 (RFC 8018, RFC 2104), for passwords up to 64 bytes and keys up to 32. */
function byHand(password, salt, { cost, keyLength }) {
  const pad = (value) => {
    const block = new Uint8Array(64).fill(value);
    password.forEach((byte, place) => (block[place] ^= byte));
    return compressed(START, wordsOf(block));
  };
  const inner = pad(0x36);
  const outer = pad(0x5c);
  const hmac = (words) => compressed(outer, padded(compressed(inner, words)));
  const first = new Uint8Array(salt.length + 4);
  first.set(salt);
  first[salt.length + 3] = 1; // the first block, and a key of ours needs no other
  let round = hmac(wordsOf(ended(first)));
  const key = round.slice();
  for (let number = 1; number < cost; number += 1) {
    round = hmac(padded(round));
    for (let place = 0; place < 8; place += 1) key[place] ^= round[place];
  }
  return [...key].map((word) => word.toString(16).padStart(8, "0")).join("").slice(0, keyLength * 2);
}

/** A last block: what was said after one block of 64 bytes, and how long both are. */
function ended(bytes) {
  const block = new Uint8Array(64);
  block.set(bytes);
  block[bytes.length] = 0x80;
  new DataView(block.buffer).setUint32(60, (64 + bytes.length) * 8);
  return block;
}

function padded(digest) {
  const words = new Uint32Array(16);
  words.set(digest);
  words[8] = 0x80000000;
  words[15] = (64 + 32) * 8;
  return words;
}

// SHA-256 (FIPS 180-4): its constants are the fractions of the roots of the first primes.
const PRIMES = [];
for (let number = 2; PRIMES.length < 64; number += 1) if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
const START = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const ROUND = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const SCHEDULE = new Uint32Array(64);

function compressed(state, block) {
  const w = SCHEDULE;
  w.set(block);
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return Uint32Array.of(state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e, state[5] + f, state[6] + g, state[7] + h);
}

function wordsOf(block) {
  const view = new DataView(block.buffer);
  return Uint32Array.from({ length: 16 }, (_, place) => view.getUint32(place * 4));
}

function withCounter(nonce, counter) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  return password;
}

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
