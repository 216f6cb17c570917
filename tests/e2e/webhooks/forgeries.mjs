// Builds variants of a genuine message: some that a receiver must accept, and forgeries that it must reject.
import assert from "node:assert/strict";
import { SIGNED_HEADERS } from "./post.mjs";

// `sign` and `signWithOtherKey` are functions of id, timestamp and body. `sign` uses the key of the receiver.
function variants({ headers, body }, sign, signWithOtherKey) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  const now = Math.floor(Date.now() / 1000);
  const message = (changed, bytes = body) => ({ headers: { ...headers, ...changed }, body: bytes });
  const signedAt = (at) => message({ "webhook-timestamp": String(at), "webhook-signature": sign(id, at, body) });
  const signedAs = (text) => message({ "webhook-signature": text });
  const changed = (index, byte) => {
    const bytes = Buffer.from(body);
    bytes[index] = byte;
    return message({}, bytes);
  };
  const other = signWithOtherKey(id, timestamp, body);
  const middle = body.length >> 1;

  const good = {
    "an exact repetition": message({}),
    "four minutes old": signedAt(now - 240),
    "four minutes ahead": signedAt(now + 240),
    "signed with two keys": signedAs(`${other} ${signature}`),
    "with an additional unknown signature scheme": signedAs(`v9,AAAA ${signature}`),
  };
  const bad = {
    "the first byte changed": changed(0, body[0] ^ 1),
    "a byte in the middle changed": changed(middle, body[middle] ^ 1),
    "the last byte changed": changed(body.length - 1, body.at(-1) ^ 1),
    "a byte that is not UTF-8": changed(middle, 0xff),
    "one byte more": message({}, Buffer.concat([body, Buffer.from(" ")])),
    "one byte less": message({}, body.subarray(0, -1)),
    "no body": message({}, Buffer.alloc(0)),
    "another id": message({ "webhook-id": id.slice(0, -1) + (id.endsWith("0") ? "1" : "0") }),
    "another timestamp": message({ "webhook-timestamp": String(Number(timestamp) + 1) }),
    "an old timestamp": message({ "webhook-timestamp": String(now - 310) }),
    "signed with the right key, but too old": signedAt(now - 310),
    "signed with the right key, but from the future": signedAt(now + 310),
    "signed with another key": signedAs(other),
    "an invalid timestamp": message({ "webhook-timestamp": "soon" }),
    "the version of the signature changed": signedAs(signature.replace(/^v1a?,/, "v9,")),
  };
  for (const name of SIGNED_HEADERS) {
    const { [name]: _, ...rest } = headers;
    bad[`without ${name}`] = { headers: rest, body };
  }
  for (const text of ["v1", "v1,", "v1,!", "v1a,", "v1a,AAAA", ",", signature.slice(0, -8)]) {
    bad[`the signature "${text}"`] = signedAs(text);
  }
  return { good, bad };
}

// Sends all variants; `accepts` returns whether the receiver accepts a message. Returns the numbers of accepted and
// rejected messages.
export async function tryAll(name, original, sign, signWithOtherKey, accepts) {
  const { headers, body } = original;
  const expected = sign(headers["webhook-id"], headers["webhook-timestamp"], body);
  assert.equal(expected, headers["webhook-signature"], `${name}: the signature is not the one that Standard Webhooks specifies`);
  const { good, bad } = variants(original, sign, signWithOtherKey);
  const outcome = async (message) => {
    const accepted = await accepts(message).catch((error) => error.message);
    return { true: "accepted", false: "rejected" }[accepted] ?? accepted;
  };
  for (const [what, message] of Object.entries(good)) assert.equal(await outcome(message), "accepted", `${name}: ${what}`);
  for (const [what, message] of Object.entries(bad)) assert.equal(await outcome(message), "rejected", `${name}: ${what}`);
  return { accepted: Object.keys(good).length, rejected: Object.keys(bad).length };
}
