import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems hand out to outgoing connections, so that a restart finds it free again. */
const PORT_LOWEST = 20_000;
const PORT_HIGHEST = 30_000;
const TRIES_MAX = 50;

/** A port of 127.0.0.1 on which nothing listens at this moment; another process may still take it first. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = randomInt(PORT_LOWEST, PORT_HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${PORT_LOWEST} and ${PORT_HIGHEST} in ${TRIES_MAX} tries.`);
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
