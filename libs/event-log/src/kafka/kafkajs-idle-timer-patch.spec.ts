import { eventually } from '@tiepsuc/retry';
import { createRequire } from 'node:module';
import { scheduleCheckPendingRequests } from './kafkajs-idle-timer-patch.js';

const load = createRequire(import.meta.url);

describe('the quiet request queue of kafkajs', () => {
  it('fits this version of kafkajs only: look at its requestQueue again before raising the version', () => {
    expect((load('kafkajs/package.json') as { version: string }).version).toBe('2.2.4');
  });

  it('replaces a method that exists and is used', () => {
    const queue = load('kafkajs/src/network/requestQueue') as { prototype: Record<string, { toString(): string }> };
    expect(queue.prototype.scheduleCheckPendingRequests).toBe(scheduleCheckPendingRequests);
    expect(String(queue.prototype.checkPendingRequests)).toContain('this.scheduleCheckPendingRequests()');
    expect(String(queue.prototype.push)).toContain('this.scheduleCheckPendingRequests()');
    expect(String(queue.prototype.destroy)).toContain('this.throttleCheckTimeoutId');
  });

  it('arms no timer when nothing is pending, and one when something is', async () => {
    let checks = 0;
    const queue = {
      pending: [] as unknown[],
      throttledUntil: -1,
      throttleCheckTimeoutId: null as NodeJS.Timeout | null,
      checkPendingRequests: () => void (checks += 1),
    };
    scheduleCheckPendingRequests.call(queue);
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.pending.push('a request');
    scheduleCheckPendingRequests.call(queue);
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    await eventually(() => checks > 0, 'the timer has asked');
    expect([checks, queue.throttleCheckTimeoutId]).toEqual([1, null]);
  });
});
