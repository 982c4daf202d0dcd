import { connect, createServer } from "node:net";

/** Whether nothing listens on this port of the loopback address. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Whether somebody takes connections on this port of the loopback address. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** The first free port from `start` on. */
export async function nextFreePort(start: number, tries = 50): Promise<number | undefined> {
  for (let port = start; port < start + tries; port++) {
    if (await isPortFree(port)) return port;
  }
  return undefined;
}
