import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closedLoop, type ClosedLoopOrder } from './closed-loop.js';

describe('the closed loop', () => {
  let server: Server;
  let status = 201;
  const keys = new Set<string>();
  const bodies = new Set<string>();
  let seen = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen++;
        keys.add(String(request.headers['idempotency-key']));
        bodies.add(Buffer.concat(chunks).toString());
        response.writeHead(status, { 'content-length': 2 }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const order = (): ClosedLoopOrder => ({
    port: (server.address() as AddressInfo).port,
    token: 'a.b.c',
    connections: 4,
    warmUpMs: 20,
    measureMs: 100,
    runName: 'spec',
    requests: ['{"a":"ạ"}', '{"b":2}'].map((body) => ({ method: 'POST', path: '/requests', body })),
  });

  it('counts every request that was accepted, each with a key of its own', async () => {
    const report = await closedLoop(order());
    expect(report.accepted).toBe(seen);
    expect(keys.size).toBe(seen);
    expect([...bodies].sort()).toEqual(['{"a":"ạ"}', '{"b":2}']);
    expect(report.refused).toEqual({});
    expect(report.p99Ms).toBeGreaterThanOrEqual(report.p50Ms ?? Infinity);
  });

  it('ends when so many were sent as were asked for', async () => {
    const before = seen;
    const report = await closedLoop({ ...order(), measureMs: 60_000, warmUpMs: 0, countMax: 10, runName: 'counted' });
    expect(report.accepted).toBe(10);
    expect(seen - before).toBe(10);
  });

  it('says what was answered when nothing was accepted', async () => {
    status = 503;
    await expect(closedLoop(order())).rejects.toThrow(/nothing was accepted.*503/);
  });
});
