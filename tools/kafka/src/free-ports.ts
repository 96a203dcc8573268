import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range that operating systems give to outgoing connections, so a port is still free after a crash. */
const PORT_FIRST = 20_000;
const PORT_AFTER_LAST = 30_000;
const ATTEMPTS_MAX = 100;

/** A port of the loopback address that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = randomInt(PORT_FIRST, PORT_AFTER_LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`found no free port between ${PORT_FIRST} and ${PORT_AFTER_LAST}`);
}

export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
