import { jest } from '@jest/globals';
import { Readiness } from './health.js';

describe('readiness', () => {
  it('names the checks that fail and only those', async () => {
    const readiness = new Readiness();
    readiness.add('database', async () => undefined);
    readiness.add('event-log', () => Promise.reject(new Error('gone')));
    expect(await readiness.failing()).toEqual(['event-log']);
  });

  it('runs a check once for all who ask within a second', async () => {
    const readiness = new Readiness();
    let runs = 0;
    readiness.add('database', async () => runs++);
    await Promise.all([readiness.failing(), readiness.failing()]);
    await readiness.failing();
    expect(runs).toBe(1);
  });

  it('does not wait longer than two seconds for a check', async () => {
    const readiness = new Readiness();
    readiness.add('database', () => new Promise(() => undefined));
    jest.useFakeTimers();
    try {
      const failing = readiness.failing();
      await jest.advanceTimersByTimeAsync(2_000);
      expect(await failing).toEqual(['database']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is over once the process is stopping', async () => {
    const readiness = new Readiness();
    readiness.stop();
    expect(await readiness.failing()).toEqual(['stopping']);
  });

  it('takes each name once', () => {
    const readiness = new Readiness();
    readiness.add('database', async () => undefined);
    expect(() => readiness.add('database', async () => undefined)).toThrow('database');
  });
});
