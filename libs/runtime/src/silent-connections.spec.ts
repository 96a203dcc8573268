import fastify from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { endSilentConnections } from './silent-connections.js';

describe('a server that stops', () => {
  it('does not wait for those who never asked anything, but for those who did', async () => {
    const app = fastify({ forceCloseConnections: 'idle' });
    let answer = (): void => undefined;
    const answered = new Promise<void>((served) => (answer = served));
    let count = 0;
    const asked = new Promise<void>((resolve) => {
      app.get('/', async () => {
        if (++count === 2) resolve();
        await answered;
        return 'served';
      });
    });
    endSilentConnections(app);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    // One that lets go of its connection after the answer, and one that would keep it.
    const lettingGo = fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } });
    const keeping = fetch(`http://127.0.0.1:${port}`);
    await asked;
    const closed = app.close();
    await once(silent, 'close');
    answer();
    for (const served of [lettingGo, keeping]) expect(await (await served).text()).toBe('served');
    await closed;
  });
});
