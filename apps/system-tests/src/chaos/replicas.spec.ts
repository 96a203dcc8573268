import { jest } from '@jest/globals';
import { ImaginedProcess } from './imagined-process.fixture.js';
import { Replicas } from './replicas.js';
import { Supervisor } from './supervisor.js';

const STORM_MS = 30_000;

describe('replicas that come and go', () => {
  let spare: ImaginedProcess;
  let supervisor: Supervisor;
  let replicas: Replicas;

  beforeEach(async () => {
    jest.useFakeTimers();
    const always = new ImaginedProcess('always');
    spare = new ImaginedProcess('spare');
    supervisor = new Supervisor();
    supervisor.keep(always);
    await jest.advanceTimersByTimeAsync(1_000);
    replicas = new Replicas([spare], supervisor);
  });
  afterEach(() => {
    supervisor.stop();
    jest.useRealTimers();
  });

  async function outcome<Result>(work: Promise<Result>, withinMs: number): Promise<Result> {
    await jest.advanceTimersByTimeAsync(withinMs);
    return work;
  }

  it('count when they came up, and when they go after that', async () => {
    expect(await outcome(replicas.move(0, 'SIGTERM'), 1_000)).toBe('replica-joins');
    expect(await outcome(replicas.move(0, 'SIGTERM'), 1_000)).toBe('replica-leaves');
    expect(spare.pid).toBeUndefined();
  });

  it('do not count when they were started only, nor when they go without having been up', async () => {
    spare.ready = false;
    const joins = replicas.move(0, 'SIGTERM');
    const leaves = replicas.move(0, 'SIGTERM');
    expect(await outcome(Promise.all([joins, leaves]), 40_000)).toEqual([undefined, undefined]);
  });

  it('are waited for when they are slow, and go then', async () => {
    spare.ready = false;
    const storm = replicas.storm(0);
    await jest.advanceTimersByTimeAsync(12_000);
    expect(supervisor.keeps(spare)).toBe(true);
    spare.ready = true;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(supervisor.keeps(spare)).toBe(false);
    expect(await outcome(storm, STORM_MS)).toBe(true);
  });

  it('make a storm when they come and go every five seconds', async () => {
    expect(await outcome(replicas.storm(0), STORM_MS)).toBe(true);
    expect(spare.timesStarted).toBe(3);
  });

  it('make none when nothing comes up, when all are there, or when it is over soon', async () => {
    expect(await outcome(replicas.move(0, 'SIGTERM'), 1_000)).toBe('replica-joins');
    expect(await replicas.storm(0)).toBe(false);
    expect(await outcome(replicas.move(0, 'SIGTERM'), 1_000)).toBe('replica-leaves');
    const storm = replicas.storm(0);
    await jest.advanceTimersByTimeAsync(7_000);
    replicas.end();
    expect(await outcome(storm, STORM_MS)).toBe(false);
    expect(spare.pid).toBeUndefined();
  });
});
