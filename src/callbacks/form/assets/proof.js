// Proof of work in the protocol of ALTCHA: the number in 0..maxnumber for which the SHA-256 of
// salt and number is the challenge. Loaded only where the service asks for it.

import { call } from "./shared.js";

// As many hashes at once as keep the page responsive.
const CHUNK = 500;

export async function prove() {
  // Without https a browser has no crypto.subtle; the form then says so.
  if (!crypto.subtle) throw new Error("no crypto.subtle");
  const { algorithm, challenge, maxnumber, salt, signature } = await call("callback-challenge");
  const number = await find(challenge, salt, maxnumber);
  return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}

async function find(challenge, salt, last) {
  for (let first = 0; first <= last; first += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, last - first + 1) }, (_, index) => first + index);
    const hashes = await Promise.all(numbers.map((number) => sha256(salt + number)));
    const found = hashes.indexOf(challenge);
    if (found >= 0) return first + found;
    // Lets the browser answer keys and clicks in between.
    await new Promise((resume) => setTimeout(resume));
  }
  throw new Error("the challenge has no solution");
}

async function sha256(text) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
