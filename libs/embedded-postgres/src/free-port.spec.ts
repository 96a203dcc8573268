import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, freePorts, isFree } from './free-port.js';

const OUTGOING_FROM = 32_768;

describe('ports that nobody listens on', () => {
  it('are not among those that the system gives to outgoing connections', async () => {
    for (let n = 0; n < 20; n++) {
      const first = await freePorts(10);
      expect(first).toBeGreaterThan(1023);
      expect(first + 9).toBeLessThan(OUTGOING_FROM);
    }
  });

  it('are not found twice before they are used', async () => {
    const found = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(found).size).toBe(50);
  });

  it('are not those that somebody is going to use', async () => {
    const near = await freePorts(1);
    const spokenFor = Array.from({ length: 200 }, (_, n) => near + n);
    expect(spokenFor).not.toContain(await freePort(spokenFor));
  });

  it('are told from one that somebody listens on', async () => {
    const port = await freePort();
    expect(await isFree(port)).toBe(true);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await isFree(port)).toBe(false);
    } finally {
      server.close();
    }
  });
});
