// A worker that derives keys with PBKDF2 until one starts with the prefix (ALTCHA, version 2).

const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function solve({ cost, keyLength, keyPrefix, nonce, salt }, start, step) {
  const algorithm = { name: "PBKDF2", hash: "SHA-256", iterations: cost, salt: fromHex(salt) };
  // The password is the nonce, followed by the counter in four bytes.
  const password = new Uint8Array([...fromHex(nonce), 0, 0, 0, 0]);
  const end = new DataView(password.buffer, password.length - 4);
  for (let counter = start; ; counter += step) {
    end.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = toHex(new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, keyLength * 8)));
    if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
  }
}

onmessage = async ({ data: { parameters, start, step } }) => {
  try {
    postMessage(await solve(parameters, start, step));
  } catch (error) {
    // Errors of promises are not reported to the page.
    setTimeout(() => { throw error; });
  }
};
