import { newId } from '@tiepsuc/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import { after, queued } from '../domain/domain.fixture.js';
import type { Claim, ClaimedDelivery } from './deliveries.js';
import type { DeliveryAttempts } from './delivery-attempts.js';
import { Sender } from './sender.js';

const claimed = (): ClaimedDelivery => ({
  notificationId: newId(),
  state: after(...queued),
  origin: { id: newId(), correlationid: newId() },
  otherNews: { isOvertaken: false },
});

describe('a sender whose attempts break off', () => {
  it('says so, leaves what they had not ended to its lease, and has room again for all that it may send', async () => {
    const claims: Claim[] = ['first', 'second'].map((leaseId) => ({ leaseId, deliveries: [claimed(), claimed()] }));
    const asked: number[] = [];
    const released: string[] = [];
    const said: unknown[] = [];
    const run: DeliveryAttempts['run'] = async (deliveries, _, onEnd) => {
      onEnd(deliveries[0]!, { outcome: 'sent' });
      if (asked.length === 1) throw new Error('a fault of ours');
      onEnd(deliveries[1]!, { outcome: 'sent' });
    };
    const sender = new Sender({
      deliveries: {
        claim: async (limit) => (asked.push(limit), claims.shift()),
        release: async (leaseId) => void released.push(leaseId),
      },
      attempts: { run },
      logger: { debug: () => undefined, warn: () => undefined, error: (...line: unknown[]) => void said.push(line) },
      concurrency: 2,
      pollMs: 10,
      batchDelayMs: 1,
    });
    sender.start();
    await pause(200);
    await sender.stop();
    expect(asked.length).toBeGreaterThan(2);
    expect(released).toEqual(['second']);
    expect(asked.every((limit) => limit === 2)).toBe(true);
    expect(said).toEqual([[expect.objectContaining({ leaseId: 'first', open: 1 }), expect.any(String)]]);
  });
});
