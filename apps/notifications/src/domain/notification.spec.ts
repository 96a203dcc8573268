import type { NotificationEvent } from '@tiepsuc/contracts';
import fc from 'fast-check';
import { after, CASE_ID, news, NOTIFICATION_ID, queued, QUEUED_AT } from './domain.fixture.js';
import { evolveNotification, isWaiting, NO_NOTIFICATION, type Notification } from './notification.js';
import { decideQueue } from './queue-notification.js';
import { decideAttempt, decideSuppression, type AttemptOutcome } from './record-attempt.js';
import { decideReceipt } from './record-receipt.js';
import { ATTEMPTS_MAX, retryAt } from './retry-schedule.js';
import { suppressionReason } from './suppression-reason.js';

const NOW = '2021-07-22T11:00:05.000Z';
const fact = { notificationId: NOTIFICATION_ID, caseId: CASE_ID };
const unavailable: AttemptOutcome = { kind: 'failed', reason: 'gateway-unavailable' };

function attempt(state: Notification, number: number, outcome: AttemptOutcome): NotificationEvent[] {
  return decideAttempt(state, { notificationId: NOTIFICATION_ID, number, outcome }, NOW);
}

describe('queueing', () => {
  it('queues news with everything that is needed to tell it later', () => {
    expect(queued).toEqual([
      {
        type: 'NotificationQueued',
        data: { ...news.source, notificationId: NOTIFICATION_ID, template: 'case-routed' },
      },
    ]);
    expect(after(...queued)).toMatchObject({ status: 'queued', attempts: 0, dueAt: QUEUED_AT, office: 'q1' });
  });

  it('tells the same news once', () => {
    expect(decideQueue(after(...queued), news)).toEqual([]);
  });

  it('says that it tells nothing to whoever left no address', () => {
    const events = decideQueue(NO_NOTIFICATION, { ...news, source: { ...news.source, notifyBy: 'none' } });
    expect(events).toEqual([
      { type: 'NotificationSuppressed', data: { ...fact, template: 'case-routed', reason: 'no-address' } },
    ]);
    const state = after(...events);
    expect(state).toMatchObject({ status: 'suppressed', notifyBy: 'none', queuedAt: QUEUED_AT });
    expect(state.dueAt).toBeUndefined();
    expect(state.reporterRef).toBeUndefined();
  });

  it('takes nothing from an event but what telling needs', () => {
    const told = { ...news.source, beneficiaryRef: 'x', needs: ['food'] };
    const [event] = decideQueue(NO_NOTIFICATION, { ...news, source: told });
    expect(Object.keys(event?.data ?? {})).not.toContain('beneficiaryRef');
  });
});

describe('an attempt', () => {
  it('that the gateway took ends the waiting', () => {
    const events = attempt(after(...queued), 1, { kind: 'sent', providerRef: 'm-1' });
    expect(events).toEqual([
      { type: 'NotificationSent', data: { ...fact, channel: 'sms', attempt: 1, providerRef: 'm-1' } },
    ]);
    const state = after(...queued, ...events);
    expect(state).toMatchObject({ status: 'sent', attempts: 1, providerRef: 'm-1' });
    expect(state.dueAt).toBeUndefined();
  });

  it('that found no gateway is followed by another a minute later', () => {
    const events = attempt(after(...queued), 1, unavailable);
    expect(events).toEqual([
      {
        type: 'NotificationFailed',
        data: {
          ...fact,
          channel: 'sms',
          attempt: 1,
          reason: 'gateway-unavailable',
          retryAt: '2021-07-22T11:01:05.000Z',
        },
      },
    ]);
    expect(after(...queued, ...events)).toMatchObject({ status: 'retrying', dueAt: '2021-07-22T11:01:05.000Z' });
  });

  it.each(['gateway-refused', 'no-address'] as const)('that ended with %s is the last', (reason) => {
    const events = attempt(after(...queued), 1, { kind: 'failed', reason });
    expect(events).toEqual([{ type: 'NotificationFailed', data: { ...fact, channel: 'sms', attempt: 1, reason } }]);
    expect(after(...queued, ...events)).toMatchObject({ status: 'dead', reason });
  });

  it('is remembered once, whoever made it', () => {
    const sent = attempt(after(...queued), 1, { kind: 'sent' });
    expect(attempt(after(...queued, ...sent), 1, unavailable)).toEqual([]);
    const failed = attempt(after(...queued), 1, unavailable);
    expect(attempt(after(...queued, ...failed), 1, { kind: 'sent' })).toEqual([]);
    expect(attempt(after(...queued), 2, { kind: 'sent' })).toEqual([]);
  });

  it('is made eight times at most, with growing pauses', () => {
    const pauses = Array.from({ length: ATTEMPTS_MAX }, (_, index) => retryAt(index + 1, NOW)).map(
      (at) => at && (Date.parse(at) - Date.parse(NOW)) / 60_000,
    );
    expect(pauses).toEqual([1, 5, 15, 60, 240, 240, 480, undefined]);
  });
});

describe('a receipt', () => {
  const sent = [...queued, ...attempt(after(...queued), 1, { kind: 'sent', providerRef: 'm-1' })];

  it('says what became of a message that was sent', () => {
    const events = decideReceipt(after(...sent), NOTIFICATION_ID, 'delivered');
    expect(events).toEqual([{ type: 'NotificationReported', data: { ...fact, status: 'delivered' } }]);
    expect(after(...sent, ...events).status).toBe('delivered');
  });

  it('may turn undeliverable into delivered but never back', () => {
    const not = [...sent, ...decideReceipt(after(...sent), NOTIFICATION_ID, 'undeliverable')];
    expect(decideReceipt(after(...not), NOTIFICATION_ID, 'undeliverable')).toEqual([]);
    const delivered = [...not, ...decideReceipt(after(...not), NOTIFICATION_ID, 'delivered')];
    expect(after(...delivered).status).toBe('delivered');
    expect(decideReceipt(after(...delivered), NOTIFICATION_ID, 'undeliverable')).toEqual([]);
  });

  it('about something that was not sent says nothing', () => {
    expect(decideReceipt(after(...queued), NOTIFICATION_ID, 'delivered')).toEqual([]);
  });
});

describe('what is not worth telling any more', () => {
  const state = after(...queued);
  const retrying = { ...state, status: 'retrying', attempts: 1 } as const;

  it('is that a case stays with the office that the citizen knows of', () => {
    expect(suppressionReason(state, { officeToldBefore: 'q1', isOvertaken: false })).toBe('already-told');
    expect(suppressionReason(state, { officeToldBefore: 'q3', isOvertaken: false })).toBeUndefined();
    expect(suppressionReason(state, { isOvertaken: false })).toBeUndefined();
    expect(
      suppressionReason({ ...state, template: 'case-accepted' }, { officeToldBefore: 'q1', isOvertaken: false }),
    ).toBeUndefined();
  });

  it('is a late attempt at what newer news has overtaken', () => {
    expect(suppressionReason(retrying, { isOvertaken: true })).toBe('outdated');
    expect(suppressionReason(state, { isOvertaken: true })).toBeUndefined();
  });

  it('is given up with a reason, once', () => {
    const events = decideSuppression(state, NOTIFICATION_ID, 'already-told');
    expect(events).toEqual([
      { type: 'NotificationSuppressed', data: { ...fact, template: 'case-routed', reason: 'already-told' } },
    ]);
    expect(decideSuppression(after(...queued, ...events), NOTIFICATION_ID, 'outdated')).toEqual([]);
  });
});

describe('any sequence of attempts and receipts', () => {
  const outcome = fc.constantFrom<AttemptOutcome>(
    { kind: 'sent', providerRef: 'm-1' },
    unavailable,
    { kind: 'failed', reason: 'gateway-refused' },
    { kind: 'failed', reason: 'no-address' },
  );
  const step = fc.oneof(
    fc.record({ do: fc.constant('attempt' as const), outcome, number: fc.integer({ min: 1, max: 10 }) }),
    fc.record({ do: fc.constant('next' as const), outcome }),
    fc.record({
      do: fc.constant('receipt' as const),
      status: fc.constantFrom('delivered' as const, 'undeliverable' as const),
    }),
  );

  it('leaves a notification that is due exactly while it waits, after at most eight attempts and one sending', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state = after(...queued);
        const said: NotificationEvent[] = [];
        for (const one of steps) {
          const events =
            one.do === 'receipt'
              ? decideReceipt(state, NOTIFICATION_ID, one.status)
              : attempt(state, one.do === 'next' ? state.attempts + 1 : one.number, one.outcome);
          for (const event of events) {
            state = evolveNotification(state, event, { time: NOW, actor: 'system:notifications', sequence: 2 });
          }
          said.push(...events);
          expect(isWaiting(state)).toBe(state.dueAt !== undefined);
        }
        expect(said.filter(({ type }) => type === 'NotificationSent').length).toBeLessThanOrEqual(1);
        expect(state.attempts).toBeLessThanOrEqual(ATTEMPTS_MAX);
      }),
    );
  });
});
