// A client of the API, which creates the situations that the tests of the form need.
import assert from "node:assert/strict";
import { pbkdf2Sync, randomInt, randomUUID } from "node:crypto";

export class ServiceApi {
  base;
  #token;
  #needsProofOfWork = false;

  static async connect(base, token) {
    const api = new ServiceApi();
    api.base = base;
    api.#token = token;
    const page = await fetch(`${base}/callback`).catch((error) => assert.fail(`cannot reach ${base}: ${error.cause ?? error}`));
    assert.equal(page.status, 200, `${base}/callback`);
    api.#needsProofOfWork = (await page.text()).includes('data-proof-of-work="true"');
    return api;
  }

  async #call(path, options) {
    const response = await fetch(`${this.base}/v1/${path}`, options);
    const body = await response.json();
    assert.ok(response.ok, `${path} returned ${response.status}: ${JSON.stringify(body)}`);
    return body;
  }

  // Changes the branding and the content of the form.
  async changeSettings(patch) {
    const headers = { Authorization: `Bearer ${this.#token}`, "If-Match": "*", "Content-Type": "application/merge-patch+json" };
    return this.#call("form-settings", { method: "PATCH", headers, body: JSON.stringify(patch) });
  }

  // Returns a slot with free capacity, on a day that has at least `free` such slots. Skips the next slots, which may
  // start during the test, and the last day, which has no later alternatives.
  async freeSlot(free = 1) {
    const { zone, data } = await this.#call("slots");
    const later = data.slice(2).filter((slot) => slot.available && slot.date !== data.at(-1).date);
    const fit = later.filter((slot) => later.filter((other) => other.date === slot.date).length >= free);
    assert.ok(fit.length, "the calendar has no free slot left; restart the service with a new database");
    return { ...fit[randomInt(fit.length)], zone };
  }

  async remainingCapacity(slotId) {
    return (await this.#call("slots")).data.find((slot) => slot.slot_id === slotId).capacity_remaining;
  }

  // Creates callback requests until the slot is full.
  async fillUp(slot) {
    const slots = (await this.#call("slots")).data.map((one) => one.capacity_remaining);
    const capacity = Math.max(...slots);
    for (let remaining = await this.remainingCapacity(slot.slot_id); remaining > 0; remaining -= 1) {
      assert.ok(remaining <= capacity, `remaining capacity ${remaining} of ${capacity}`);
      await this.requestCallback({ kind: "slot", slot_id: slot.slot_id });
    }
  }

  async requestCallback(preference, locale = "cs") {
    const body = {
      full_name: "Jana Testová", phone: randomPhone(), intent: "sales", preference, locale,
      form: { honeypot: "", filled_in_ms: 20_000 },
      ...(this.#needsProofOfWork && { proof_of_work: await this.#solveChallenge() }),
    };
    const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
    return this.#call("callback-requests", { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #solveChallenge() {
    const challenge = await this.#call("callback-challenge");
    const { cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
    const password = Buffer.from(`${nonce}00000000`, "hex");
    for (let counter = 0; ; counter += 1) {
      password.writeUInt32BE(counter, password.length - 4);
      const derivedKey = pbkdf2Sync(password, Buffer.from(salt, "hex"), cost, keyLength, "sha256").toString("hex");
      if (!derivedKey.startsWith(keyPrefix)) continue;
      return Buffer.from(JSON.stringify({ challenge, solution: { counter, derivedKey } })).toString("base64");
    }
  }
}

// Returns a new telephone number, because a number may have two open requests only.
export function randomPhone() {
  const prefix = ["601", "602", "720", "731", "773", "775", "777"][randomInt(7)];
  return `${prefix} ${String(randomInt(1000)).padStart(3, "0")} ${String(randomInt(1000)).padStart(3, "0")}`;
}

// Returns "30. března 2027" or "30 March 2027", the format of the form and of the confirmation.
export function dateOf(slot, lang) {
  const parts = { day: "numeric", month: "long", year: "numeric", timeZone: slot.zone };
  return new Intl.DateTimeFormat(lang === "cs" ? "cs-CZ" : "en-GB", parts).format(new Date(slot.starts_at)).replaceAll("\u00a0", " ");
}

export function hoursOf(slot) {
  return slot.window.split("-");
}
