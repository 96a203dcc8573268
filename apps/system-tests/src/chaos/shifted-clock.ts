/**
 * Loaded into a process before its program, only by this test: its calendar is wrong from the start by
 * CHAOS_CLOCK_STARTS_AT_MS, and jumps at each SIGUSR2. Timers and `performance` go on as they were: a wrong clock
 * does not change how long a second is.
 */
import { offsetAfterMs } from './clock-jumps.js';

const RealDate = Date;
let offsetMs = Number(process.env['CHAOS_CLOCK_STARTS_AT_MS'] ?? '0');
let jumps = 0;

process.on('SIGUSR2', () => {
  offsetMs = offsetAfterMs(++jumps);
});

/** `new Date()` and `Date()` without arguments, and `Date.now()`, tell the shifted time; the rest is as it is. */
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: readonly unknown[], self: NewableFunction) =>
    Reflect.construct(target, given.length === 0 ? [RealDate.now() + offsetMs] : given, self) as Date,
  apply: () => new RealDate(RealDate.now() + offsetMs).toString(),
  get: (target, name, self) =>
    name === 'now' ? () => RealDate.now() + offsetMs : (Reflect.get(target, name, self) as unknown),
});
