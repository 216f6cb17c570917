// Proof of work with version 2 of the ALTCHA protocol: finds the counter whose derived key starts with the prefix of
// the challenge. Loaded only if the service requires it.

import { call } from "./shared.js";

const MAX_WORKERS = 4;

export async function prove() {
  // crypto.subtle is not available without https; the form then shows an error.
  if (!crypto.subtle) throw new Error("no crypto.subtle");
  const challenge = await call("callback-challenge");
  return btoa(JSON.stringify({ challenge, solution: await solve(challenge.parameters) }));
}

// Several workers search at once, so that the page stays responsive. Each tries every n-th counter.
function solve(parameters) {
  const step = Math.min(MAX_WORKERS, navigator.hardwareConcurrency || 1);
  const workers = Array.from({ length: step }, () => new Worker(new URL("solver.js", import.meta.url)));
  return new Promise((resolve, reject) => {
    workers.forEach((worker, start) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error("the solver failed"));
      worker.postMessage({ parameters, start, step });
    });
  }).finally(() => workers.forEach((worker) => worker.terminate()));
}
