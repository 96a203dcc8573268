import { Refusal, type RefusalKind } from '@tiepsuc/contracts';
import { problemOf } from './problem-filter.js';

const says = { vi: 'Hồ sơ {status}.', en: 'The leg is {status}.' };
const remedy = { vi: 'Đọc lại.', en: 'Read it again.' };

describe('the problem of a refusal', () => {
  it.each([
    ['not-found', 404],
    ['stale', 412],
    ['conflict', 409],
    ['invalid', 422],
    ['forbidden', 403],
    ['too-early', 409],
    ['unavailable', 503],
  ] satisfies [RefusalKind, number][])('has for %s the status %i', (kind, status) =>
    expect(problemOf(new Refusal('leg-changed', { kind, says, remedy }))?.status).toBe(status),
  );

  it('says it in both languages, with what to do and when', () => {
    const declared = { kind: 'too-early', says, remedy, retryAfterSeconds: 30 } as const;
    const refused = new Refusal('leg-changed', declared, { values: { status: { vi: 'đã xem', en: 'acknowledged' } } });
    expect(problemOf(refused)).toMatchObject({
      code: 'leg-changed',
      detail: { vi: 'Hồ sơ đã xem.', en: 'The leg is acknowledged.' },
      remedy,
      retryAfterSeconds: 30,
    });
  });

  it.each([
    ['expectedSequence', 'If-Match'],
    ['idempotencyKey', 'Idempotency-Key'],
    ['reporter.phone', 'reporter.phone'],
  ])('names for the field %s what the caller filled it with: %s', (field, named) =>
    expect(problemOf(new Refusal('leg-changed', { kind: 'stale', says, remedy }, { field }))?.field).toBe(named),
  );
});
