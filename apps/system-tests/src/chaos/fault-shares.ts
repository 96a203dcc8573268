import type { Shares } from './schedule.js';

const EVERYWHERE: Shares = {
  kill: 30,
  pause: 18,
  'sums-kill': 5,
  'sums-pause': 4,
  'database-crash': 5,
  'replica-joins': 6,
  'replica-leaves': 6,
  'rebalance-storm': 3,
  'clock-jump': 5,
  poison: 6,
};
const WITH_BROKER: Shares = { 'broker-kill': 4 };
const ON_THE_LINES: Shares = {
  'database-latency': 3,
  'database-reset': 4,
  'database-black-hole': 3,
  'database-half-open': 3,
  'database-commit-answer-lost': 5,
  'log-latency': 2,
  'log-reset': 4,
  'log-black-hole': 3,
  'log-half-open': 3,
  'log-append-answer-lost': 5,
};

/** What is done how often, relative to the rest, on which log. */
export function sharesFor(eventLog: 'postgres' | 'kafka'): Shares {
  return { ...EVERYWHERE, ...ON_THE_LINES, ...(eventLog === 'kafka' ? WITH_BROKER : {}) };
}
