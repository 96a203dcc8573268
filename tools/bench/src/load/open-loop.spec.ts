import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openLoop, type OpenLoopOrder } from './open-loop.js';

describe('the open loop', () => {
  let server: Server;
  let answer: { status: number; headers: Record<string, string>; afterMs: number } | undefined;
  let seen = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        const body = JSON.stringify({ requestId: 'r', caseId: `case-${seen++}` });
        if (!answer) return;
        const { status, headers, afterMs } = answer;
        const send = () => response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
        setTimeout(send, afterMs);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(() => {
    answer = { status: 201, headers: {}, afterMs: 0 };
    seen = 0;
  });

  afterAll(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  const order = (more: Partial<OpenLoopOrder> = {}): OpenLoopOrder => ({
    port: (server.address() as AddressInfo).port,
    runName: 'spec',
    requests: [{ method: 'POST', path: '/requests', body: '{}' }],
    phases: [{ name: 'steady', perSecond: 1_000, forMs: 50 }],
    connectionsMax: 16,
    patienceMs: 10_000,
    keepCases: true,
    ...more,
  });

  it('sends what the schedule says, keeps which cases were accepted, and drops nothing', async () => {
    const { phases, cases } = await openLoop(order());
    expect(phases[0]?.scheduled).toBeGreaterThan(20);
    expect(phases[0]).toMatchObject({ scheduled: seen, accepted: seen, givenUp: 0, refused: {} });
    expect(new Set(cases.map(([caseId]) => caseId)).size).toBe(seen);
  });

  it('charges a slow server for those who wait in line, from when they wanted to ask', async () => {
    answer = { status: 201, headers: {}, afterMs: 10 };
    const { phases } = await openLoop(order({ connectionsMax: 1 }));
    // One after the other, ten milliseconds each: the last has waited for all of them, less the 50 ms of the schedule.
    expect(phases[0]?.maxMs).toBeGreaterThan(((phases[0]?.scheduled ?? 0) - 1) * 9 - 50);
  });

  it('tells apart who was turned away with and without a word about when to come back', async () => {
    answer = { status: 429, headers: { 'retry-after': '1' }, afterMs: 0 };
    expect((await openLoop(order())).phases[0]).toMatchObject({ accepted: 0, refused: { 429: seen } });
    answer = { status: 429, headers: {}, afterMs: 0 };
    expect(Object.keys((await openLoop(order())).phases[0]?.refused ?? {})).toEqual(['429 without Retry-After']);
  });

  it('hangs up for those who are out of patience, in line or asked', async () => {
    answer = undefined;
    const { phases } = await openLoop(order({ connectionsMax: 2, patienceMs: 60 }));
    expect(phases[0]).toMatchObject({ accepted: 0, givenUp: phases[0]?.scheduled });
  });

  it('fails when there is no server', async () => {
    await expect(openLoop(order({ port: 1 }))).rejects.toThrow(/ECONNREFUSED|closed/);
  });
});
