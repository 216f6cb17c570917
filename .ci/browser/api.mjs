// The service as a program sees it, to bring about what visitors do to each other.
import assert from "node:assert/strict";
import { createHash, randomInt, randomUUID } from "node:crypto";

export class ServiceApi {
  #base;
  #proof = false;

  static async connect(base) {
    const api = new ServiceApi();
    api.#base = base;
    const page = await fetch(`${base}/callback`).catch((error) => assert.fail(`no service at ${base}: ${error.cause ?? error}`));
    assert.equal(page.status, 200, `${base}/callback`);
    api.#proof = (await page.text()).includes('data-proof-of-work="true"');
    return api;
  }

  async #call(path, options) {
    const response = await fetch(`${this.#base}/v1/${path}`, options);
    const body = await response.json();
    assert.ok(response.ok, `${path} answered ${response.status}: ${JSON.stringify(body)}`);
    return body;
  }

  // A window with seats, on a day that has at least `free` free ones; neither among the next, which may pass meanwhile,
  // nor on the last day, after which there are no alternatives.
  async freeSlot(free = 1) {
    const { zone, data } = await this.#call("slots");
    const later = data.slice(2).filter((slot) => slot.available && slot.date !== data.at(-1).date);
    const fit = later.filter((slot) => later.filter((other) => other.date === slot.date).length >= free);
    assert.ok(fit.length, "the calendar has no free window left; start the service afresh");
    return { ...fit[randomInt(fit.length)], zone };
  }

  async seatsLeft(slotId) {
    return (await this.#call("slots")).data.find((slot) => slot.slot_id === slotId).seats_left;
  }

  // Asks for calls until the window is full.
  async fillUp(slot) {
    const { window_capacity: capacity } = await this.#call("calendar");
    for (let seats = await this.seatsLeft(slot.slot_id); seats > 0; seats -= 1) {
      assert.ok(seats <= capacity, `${seats} seats are left of ${capacity}`);
      await this.ask({ kind: "slot", slot_id: slot.slot_id });
    }
  }

  async ask(preference, locale = "cs") {
    const body = {
      full_name: "Jana Testová", phone: randomPhone(), intent: "sales", preference, locale,
      form: { honeypot: "", filled_in_ms: 20_000 },
      ...(this.#proof && { proof_of_work: await this.#prove() }),
    };
    const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
    return this.#call("callback-requests", { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #prove() {
    const { algorithm, challenge, maxnumber, salt, signature } = await this.#call("callback-challenge");
    const hash = (number) => createHash("sha256").update(salt + number).digest("hex");
    let number = 0;
    while (number <= maxnumber && hash(number) !== challenge) number += 1;
    return Buffer.from(JSON.stringify({ algorithm, challenge, number, salt, signature })).toString("base64");
  }
}

// A number may have few open requests, so each one is new.
export function randomPhone() {
  const prefix = ["601", "602", "720", "731", "773", "775", "777"][randomInt(7)];
  return `${prefix} ${String(randomInt(1000)).padStart(3, "0")} ${String(randomInt(1000)).padStart(3, "0")}`;
}

// "30. března 2027" or "30 March 2027", as both the form and the confirmation write it.
export function dateOf(slot, lang) {
  const parts = { day: "numeric", month: "long", year: "numeric", timeZone: slot.zone };
  return new Intl.DateTimeFormat(lang === "cs" ? "cs-CZ" : "en-GB", parts).format(new Date(slot.starts_at)).replaceAll("\u00a0", " ");
}

export function hoursOf(slot) {
  return slot.window.split("-");
}
