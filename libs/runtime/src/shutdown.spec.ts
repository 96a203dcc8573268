import { EventEmitter, once } from 'node:events';
import { createLogger } from './logger.js';
import { closeInOrder, stopOnSignals, type Closer } from './shutdown.js';

const logger = createLogger({ service: 'tiny', level: 'silent' });

const recorder = () => {
  const closed: string[] = [];
  const closer = (name: string, delayMs = 0): Closer => ({
    name,
    close: () => new Promise<void>((resolve) => setTimeout(() => resolve(void closed.push(name)), delayMs).unref()),
  });
  return { closed, closer };
};

const stopping = (closers: readonly Closer[]) => {
  const signals = new EventEmitter();
  const exits = new EventEmitter();
  const codes: number[] = [];
  const exit = (code: number): void => {
    codes.push(code);
    exits.emit('exit');
  };
  const forget = stopOnSignals({ closers, graceMs: 1_000, logger, signals, exit });
  return { signals, codes, forget, exited: () => once(exits, 'exit') };
};

describe('stopping', () => {
  it('closes one after the other, in the order given', async () => {
    const { closed, closer } = recorder();
    const failed = await closeInOrder({
      closers: [closer('http', 20), closer('relay'), closer('pool')],
      graceMs: 1_000,
      logger,
    });
    expect([failed, closed]).toEqual([[], ['http', 'relay', 'pool']]);
  });

  it('closes the others when one fails or hangs', async () => {
    const { closed, closer } = recorder();
    const broken: Closer = { name: 'relay', close: () => Promise.reject(new Error('gone')) };
    const failed = await closeInOrder({
      closers: [closer('http', 60_000), broken, closer('pool')],
      graceMs: 50,
      logger,
    });
    expect([failed, closed]).toEqual([['http', 'relay'], ['pool']]);
  });

  it('exits with 0 after a signal when everything was closed', async () => {
    const { closed, closer } = recorder();
    const { signals, codes, exited } = stopping([closer('http', 5)]);
    signals.emit('SIGTERM', 'SIGTERM');
    await exited();
    expect([codes, closed]).toEqual([[0], ['http']]);
  });

  it('exits with 1 when something could not be closed', async () => {
    const { signals, codes, exited } = stopping([{ name: 'pool', close: () => Promise.reject(new Error('gone')) }]);
    signals.emit('SIGINT', 'SIGINT');
    await exited();
    expect(codes).toEqual([1]);
  });

  it('exits with 1 at once on a second signal', () => {
    const { closed, closer } = recorder();
    const { signals, codes } = stopping([closer('http', 60_000)]);
    signals.emit('SIGTERM', 'SIGTERM');
    signals.emit('SIGINT', 'SIGINT');
    expect([codes, closed]).toEqual([[1], []]);
  });

  it('leaves no handler behind when it is told to', () => {
    const { signals, forget } = stopping([]);
    forget();
    expect(signals.eventNames()).toEqual([]);
  });
});
