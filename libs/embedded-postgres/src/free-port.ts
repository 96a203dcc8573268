import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems hand out to outgoing connections (from 32,768 on Linux): no outgoing connection
 * can take one between the search and the use of it, and a process that is started again finds its own free.
 */
const PORT_FIRST = 20_000;
const PORT_AFTER_LAST = 30_000;
const TRIES_MAX = 100;

/** Goes up from search to search, so that what was found once is not found again before it is used. */
let next = randomInt(PORT_FIRST, PORT_AFTER_LAST);

/**
 * A port of 127.0.0.1 on which nothing listens at this moment; another process may still take it first.
 * @param spokenFor ports reserved by other parts of the program, although nothing listens there yet: never returned
 */
export async function freePort(spokenFor: readonly number[] = []): Promise<number> {
  let port = await freePorts(1);
  while (spokenFor.includes(port)) port = await freePorts(1);
  return port;
}

/**
 * The first of `count` consecutive ports of 127.0.0.1 on which nothing listens at this moment.
 * @throws Error when there are none, as far as a hundred tries can tell
 */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const first = next + count > PORT_AFTER_LAST ? PORT_FIRST : next;
    next = first + count;
    const free = await Promise.all(Array.from({ length: count }, (_, n) => isFree(first + n)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`found no ${count} free ports in a row between ${PORT_FIRST} and ${PORT_AFTER_LAST}`);
}

/** Whether nothing listens on a port of 127.0.0.1, and this process may. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
