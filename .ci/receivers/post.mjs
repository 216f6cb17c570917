// Messages as the receivers get them, and a proxy that keeps those it passes on.
import { createServer, request as ask } from "node:http";

export const SIGNED_HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"];
const PATIENCE_MS = 10_000;

// Posts the bytes as they are to a port of this machine; resolves to the status.
export function post(port, { headers, body }) {
  return new Promise((resolve, reject) => {
    const all = { "Content-Type": "application/json", ...headers, "Content-Length": body.length };
    const request = ask({ port, host: "127.0.0.1", method: "POST", path: "/", headers: all, timeout: PATIENCE_MS });
    request.once("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once("timeout", () => request.destroy(new Error("the receiver does not answer")));
    request.once("error", reject);
    request.end(body);
  });
}

// Stands between the service and the receivers.
export class Proxy {
  // What came, per receiver, with the status it was answered with.
  recorded = new Map();
  #targets = new Map();
  #server = createServer((request, response) => {
    const status = this.#pass(request).catch((error) => {
      console.error(`proxy: ${error.message}`);
      return 502;
    });
    status.then((code) => response.writeHead(code).end());
  });

  async open() {
    await listen(this.#server);
    return this;
  }

  // Leads to `target`, a function from a message to the status of the answer.
  urlFor(name) {
    return `http://127.0.0.1:${this.#server.address().port}/${name}`;
  }

  lead(name, target) {
    this.#targets.set(name, target);
    this.recorded.set(name, []);
  }

  async #pass(request) {
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
