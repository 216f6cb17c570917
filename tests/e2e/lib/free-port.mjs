// Finds a free TCP port below the ephemeral range, so that no outgoing connection can take it before it is used.
import { once } from "node:events";
import { createServer } from "node:net";

export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const probe = createServer().listen(port, "127.0.0.1");
    const [fault] = await Promise.race([once(probe, "listening"), once(probe, "error").catch((error) => [error])]);
    if (fault) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}
