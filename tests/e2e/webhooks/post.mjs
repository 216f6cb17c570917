// Sends messages to receivers, and a proxy that records the messages it forwards.
import { createServer, request as ask } from "node:http";

export const SIGNED_HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"];
const TIMEOUT_MS = 10_000;

// Posts the exact bytes to a local port; resolves to the status.
export function post(port, { headers, body }) {
  return new Promise((resolve, reject) => {
    const all = { "Content-Type": "application/json", ...headers, "Content-Length": body.length };
    const request = ask({ port, host: "127.0.0.1", method: "POST", path: "/", headers: all, timeout: TIMEOUT_MS });
    request.once("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once("timeout", () => request.destroy(new Error("the receiver does not respond")));
    request.once("error", reject);
    request.end(body);
  });
}

// Forwards messages from the service to the receivers.
export class Proxy {
  // Messages per receiver, each with the status that the receiver returned.
  recorded = new Map();
  #targets = new Map();
  #server = createServer((request, response) => {
    const status = this.#forward(request).catch((error) => {
      console.error(`proxy: ${error.message}`);
      return 502;
    });
    status.then((code) => response.writeHead(code).end());
  });

  async open() {
    await listen(this.#server);
    return this;
  }

  urlFor(name) {
    return `http://127.0.0.1:${this.#server.address().port}/${name}`;
  }

  // Forwards messages for `name` to `target`, a function that takes a message and returns the status.
  route(name, target) {
    this.#targets.set(name, target);
    this.recorded.set(name, []);
  }

  async #forward(request) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, request.headers[name]]));
    const name = request.url.slice(1);
    const status = await this.#targets.get(name)({ headers, body });
    this.recorded.get(name).push({ headers, body, status });
    return status;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function listen(server) {
  return new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
}
