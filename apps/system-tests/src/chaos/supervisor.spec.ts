import { jest } from '@jest/globals';
import { ImaginedProcess } from './imagined-process.fixture.js';
import { Supervisor } from './supervisor.js';

describe('a supervisor', () => {
  let one: ImaginedProcess;
  let supervisor: Supervisor;

  beforeEach(async () => {
    jest.useFakeTimers();
    one = new ImaginedProcess('one');
    supervisor = new Supervisor();
    supervisor.keep(one);
    await jest.advanceTimersByTimeAsync(1_000);
  });
  afterEach(() => {
    supervisor.stop();
    jest.useRealTimers();
  });

  it('starts again what it killed, and that is no crash', async () => {
    expect(supervisor.kill(one)).toBe(true);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([one.timesStarted, supervisor.crashes]).toEqual([2, []]);
  });

  it('notes who ended by itself, also by a signal that somebody else sent', async () => {
    one.end('status 1');
    await jest.advanceTimersByTimeAsync(1_000);
    one.end('SIGKILL');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(supervisor.crashes).toEqual(['one: status 1', 'one: SIGKILL']);
  });

  it('notes a SIGKILL that followed on one of its own, and one that came before it was up', async () => {
    supervisor.kill(one);
    one.ready = false;
    await jest.advanceTimersByTimeAsync(1_000);
    one.end('SIGKILL');
    expect(supervisor.crashes).toEqual(['one: SIGKILL']);
  });

  it('holds it against nobody that a start finds no database', async () => {
    supervisor.kill(one);
    one.ready = false;
    await jest.advanceTimersByTimeAsync(1_000);
    one.end('status 1');
    expect(supervisor.crashes).toEqual([]);
  });

  it('says whether one comes up, as long as it is kept', async () => {
    expect(await supervisor.comesUp(one, 1_000)).toBe(true);
    supervisor.kill(one);
    one.ready = false;
    const late = supervisor.comesUp(one, 2_000);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await late).toBe(false);
    supervisor.release(one);
    expect(await supervisor.comesUp(one, 2_000)).toBe(false);
  });
});
