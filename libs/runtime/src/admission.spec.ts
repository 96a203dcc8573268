import { eventually } from '@tiepsuc/retry';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { addAdmission } from './admission.js';
import { Metrics } from './metrics.js';

describe('admission', () => {
  const held: ServerResponse[] = [];
  const metrics = new Metrics('tiny');
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/slow') held.push(response);
      else response.end('served');
    });
    addAdmission(server, { inFlightMax: 2, metrics });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('turns away what comes while as many are served as may be, says when to come again, and takes in the next', async () => {
    const slow = [fetch(`${address}/slow`), fetch(`${address}/slow`)];
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));

    const body = JSON.stringify({ description: 'x'.repeat(100_000) });
    const refused = await fetch(address, { method: 'POST', body, headers: { 'accept-language': 'en' } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({ code: 'overloaded', title: 'The service is overloaded' });
    for (const path of ['/readyz', '/livez', '/metrics']) expect((await fetch(address + path)).status).toBe(200);
    expect(await metrics.text()).toContain('http_server_shed_total{service="tiny"} 1');

    for (const response of held.splice(0)) response.end('served');
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await fetch(address, { method: 'POST', body })).status).toBe(200);
  });

  it('forgets requests whose caller went away', async () => {
    const leaving = new AbortController();
    const left = [1, 2].map(() => fetch(`${address}/slow`, { signal: leaving.signal }).catch(() => 'left'));
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    await Promise.all(left);
    held.splice(0);
    for (;;) {
      const { status } = await fetch(address);
      if (status === 200) break;
      expect(status).toBe(429);
    }
  });

  it('forgets all requests of a connection that breaks off, also those whose turn had not come', async () => {
    const { port } = server.address() as AddressInfo;
    const caller = connect(port, '127.0.0.1');
    caller.write('GET /slow HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(2));
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await fetch(address)).status).toBe(429);
    caller.destroy();
    while ((await fetch(address)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const response of held.splice(0)) response.end('too late');
    const slow = [fetch(`${address}/slow`), fetch(`${address}/slow`)];
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await fetch(address)).status).toBe(429);
    for (const response of held.splice(0)) response.end('served');
    await Promise.all(slow);
  });

  it('keeps no place for requests that never come to their end', async () => {
    const { port } = server.address() as AddressInfo;
    const callers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1'));
    for (const caller of callers) caller.write('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{');
    for (let n = 0; n < 5; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await fetch(address)).status).toBe(200);
    }
    for (const caller of callers) caller.destroy();
  });

  it('does not serve whose caller has hung up by then', async () => {
    const asked: (string | undefined)[] = [];
    const busy = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    });
    const counted = new Metrics('busy');
    addAdmission(busy, { inFlightMax: 100, metrics: counted });
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as AddressInfo;
    for (let n = 0; n < 20; n++) {
      const caller = connect(port, '127.0.0.1', () => {
        caller.write('POST /left HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}');
        caller.destroy();
      });
    }
    while (!(await counted.text()).includes('http_server_left_total{service="busy"} 20')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }

    await fetch(`http://127.0.0.1:${port}/stayed`);
    expect(asked).toEqual(['/stayed']);
    busy.closeAllConnections();
    await new Promise((resolve) => busy.close(resolve));
  });

  it('takes in fewer while serving takes too long, and as many as before once it does not', async () => {
    const slow = createServer((_request, response) => void setTimeout(() => response.end('served'), pauseMs));
    let pauseMs = 1_500;
    addAdmission(slow, { inFlightMax: 1_000, metrics: new Metrics('slow') });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const ask = async (count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => fetch(url)));
      return answers.filter(({ status }) => status === 200).length;
    };
    expect(await ask(60)).toBe(60);
    expect(await ask(60)).toBe(32);
    pauseMs = 0;
    await eventually(async () => (await ask(60)) === 60, 'all of sixty are served again');
    slow.closeAllConnections();
    await new Promise((resolve) => slow.close(resolve));
  });
});
