import { faultsAreEnough, type FaultsDone } from './fault-checks.js';

const shares = { kill: 30, pause: 18, 'broker-kill': 0 };
const few: FaultsDone = {
  injected: new Map([
    ['kill', 60],
    ['pause', 40],
  ]),
  shares,
  tookMs: 180_000,
  wanted: 1_000,
  isLimited: true,
};
const oks = (done: FaultsDone) => faultsAreEnough(done).map(({ ok }) => ok);

describe('the faults', () => {
  it('are enough when all that were wanted took hold', () => {
    expect(oks({ ...few, wanted: 100, isLimited: false })).toEqual([true]);
  });

  it('are not when the run had all the time and made fewer', () => {
    expect(oks({ ...few, isLimited: false })).toEqual([false]);
  });

  it('are enough in a limited time only when they came often', () => {
    expect(faultsAreEnough(few)).toEqual([{ name: 'faults injected', ok: true, figure: '100 in all, 33.3 a minute' }]);
    expect(oks({ ...few, tookMs: 660_000 })).toEqual([false]);
    expect(oks({ ...few, injected: new Map() })).toEqual([false]);
  });

  it('must be of every kind that could be drawn once they are many', () => {
    const many = { ...few, injected: new Map([['kill', 600]] as const) };
    expect(oks(many)).toEqual([true, false]);
    expect(faultsAreEnough(many)[1]?.figure).toContain('pause');
    expect(oks({ ...many, injected: new Map([...many.injected, ['pause', 1]]) })).toEqual([true, true]);
  });
});
