// Proof of work with the ALTCHA protocol: finds the number from 0 to maxnumber for which the SHA-256 of
// salt and number is the challenge. Loaded only if the service requires it.

import { call } from "./shared.js";

// Number of hashes per batch, small enough to keep the page responsive.
const CHUNK = 500;

export async function prove() {
  // crypto.subtle is not available without https; the form then shows an error.
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
    // Lets the browser handle events between batches.
    await new Promise((resume) => setTimeout(resume));
  }
  throw new Error("the challenge has no solution");
}

async function sha256(text) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
