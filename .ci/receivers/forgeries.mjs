// What a receiver must take and what it must refuse, made from one message that it has taken.
import assert from "node:assert/strict";
import { SIGNED_HEADERS } from "./post.mjs";

// `sign` and `signOtherwise` are functions of id, timestamp and body: with the receiver's own key and with another one.
function variants({ headers, body }, sign, signOtherwise) {
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
  const other = signOtherwise(id, timestamp, body);
  const middle = body.length >> 1;

  const good = {
    "the same once more": message({}),
    "four minutes old": signedAt(now - 240),
    "four minutes ahead": signedAt(now + 240),
    "signed with two keys": signedAs(`${other} ${signature}`),
    "signed in an unknown way, too": signedAs(`v9,AAAA ${signature}`),
  };
  const bad = {
    "the first byte changed": changed(0, body[0] ^ 1),
    "a byte in the middle changed": changed(middle, body[middle] ^ 1),
    "the last byte changed": changed(body.length - 1, body.at(-1) ^ 1),
    "a byte that is not UTF-8": changed(middle, 0xff),
    "a byte more": message({}, Buffer.concat([body, Buffer.from(" ")])),
    "a byte less": message({}, body.subarray(0, -1)),
    "no body": message({}, Buffer.alloc(0)),
    "another id": message({ "webhook-id": id.slice(0, -1) + (id.endsWith("0") ? "1" : "0") }),
    "another timestamp": message({ "webhook-timestamp": String(Number(timestamp) + 1) }),
    "an old timestamp": message({ "webhook-timestamp": String(now - 310) }),
    "signed with the right key, but too old": signedAt(now - 310),
    "signed with the right key, but from the future": signedAt(now + 310),
    "signed with another key": signedAs(other),
    "a timestamp that is none": message({ "webhook-timestamp": "soon" }),
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

// Tries them all; `taken` says whether the receiver takes a message. Returns how many of them it took and refused.
export async function tryAll(name, original, sign, signOtherwise, taken) {
  const { headers, body } = original;
  const again = sign(headers["webhook-id"], headers["webhook-timestamp"], body);
  assert.equal(again, headers["webhook-signature"], `${name}: the service signs otherwise than Standard Webhooks says`);
  const { good, bad } = variants(original, sign, signOtherwise);
  const outcome = async (message) => {
    const answer = await taken(message).catch((error) => error.message);
    return { true: "taken", false: "refused" }[answer] ?? answer;
  };
  for (const [what, message] of Object.entries(good)) assert.equal(await outcome(message), "taken", `${name}: ${what}`);
  for (const [what, message] of Object.entries(bad)) assert.equal(await outcome(message), "refused", `${name}: ${what}`);
  return { taken: Object.keys(good).length, refused: Object.keys(bad).length };
}
