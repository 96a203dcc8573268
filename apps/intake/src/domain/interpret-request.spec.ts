import { Refusal, validateEvent } from '@tiepsuc/contracts';
import fc from 'fast-check';
import type { SubmittedRequest } from './submitted-request.js';
import {
  CLOCK_AHEAD_MAX_MS,
  OCCURRED_AGE_MAX_MS,
  interpretRequest,
  REPEATED_AGE_MAX_MS,
  SENT_LATER_MAX_MS,
  type Arrival,
} from './interpret-request.js';
import { fileRequest, newRequest } from './request.js';

const ARRIVED = '2021-07-22T11:00:00.000Z';
const WEB: Arrival = { arrivedAt: ARRIVED, channel: 'web', mayChooseChannel: false };
const STAFF: Arrival = { arrivedAt: ARRIVED, channel: 'phone', mayChooseChannel: true };
const IMPORT: Arrival = { arrivedAt: ARRIVED, channel: 'csv', mayChooseChannel: false };
const FOOD: SubmittedRequest = { reporter: { phone: '0903 123 456' }, needs: ['food'] };
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

const read = (asked: Partial<SubmittedRequest>, arrival = WEB) => interpretRequest({ ...FOOD, ...asked }, arrival);
const at = (offsetMs: number) => new Date(Date.parse(ARRIVED) + offsetMs).toISOString();

function refusalOf(work: () => unknown): Pick<Refusal, 'code' | 'kind' | 'field'> {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, kind: error.kind, field: error.field };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('reading a request', () => {
  it('takes a phone number and a need for enough', () => {
    expect(read({})).toEqual({
      facts: {
        channel: 'web',
        needs: ['food'],
        urgency: 'normal',
        notifyBy: 'sms',
        language: 'vi',
        unitsVersion: '2021-01-01',
        occurredAt: ARRIVED,
      },
      reporter: { phone: '+84903123456' },
    });
  });

  it.each([
    ['a phone number', { reporter: { phone: '0903123456' } }],
    ['an e-mail address', { reporter: { email: 'a@example.org' } }],
    ['a postal address', { reporter: {}, address: { text: 'hẻm 284 Lê Văn Sỹ' } }],
    ['the phone number of somebody else', { reporter: {}, beneficiary: { phone: '0903123456' } }],
  ])('takes %s for a way to find somebody', (_way, asked) => expect(() => read(asked)).not.toThrow());

  it.each([
    ['a name alone', { reporter: { name: 'Mẫu' } }],
    ['blanks for an address', { reporter: {}, address: { text: ' \t ' } }],
    ['a district alone', { reporter: {}, address: { districtCode: '774' } }],
  ])('refuses %s, because nobody could be found', (_way, asked) =>
    expect(refusalOf(() => read(asked))).toEqual({
      code: 'contact-missing',
      kind: 'invalid',
      field: 'reporter.phone',
    }),
  );

  it.each([
    ['phone-not-valid', 'reporter.phone', { reporter: { phone: '12345' } }],
    ['phone-not-callable', 'reporter.phone', { reporter: { phone: '1022' } }],
    ['phone-not-valid', 'beneficiary.phone', { beneficiary: { phone: 'none' } }],
    ['beneficiary-contradictory', 'beneficiary.sameAsReporter', { beneficiary: { sameAsReporter: true, name: 'x' } }],
    ['notify-contact-missing', 'notifyBy', { notifyBy: 'email' }],
    ['notify-contact-missing', 'notifyBy', { reporter: { phone: '02838291234' }, notifyBy: 'sms' }],
    ['channel-not-for-citizens', 'channel', { channel: 'phone' }],
    ['moment-not-valid', 'occurredAt', { occurredAt: '2021-02-31T99:00:00Z' }],
    ['moment-not-valid', 'occurredAt', { occurredAt: '2021-06-31T08:00:00+07:00' }],
    ['moment-not-valid', 'occurredAt', { occurredAt: '2021-07-21T24:00:00Z' }],
    ['moment-in-future', 'occurredAt', { occurredAt: at(CLOCK_AHEAD_MAX_MS + 1_000) }],
    ['moment-too-old', 'occurredAt', { occurredAt: at(-REPEATED_AGE_MAX_MS - 1_000) }],
    ['moment-too-old', 'occurredAt', { occurredAt: '1999-07-22T11:00:00Z' }],
  ] as const)('says %s of %s', (code, field, asked) =>
    expect(refusalOf(() => read(asked as Partial<SubmittedRequest>))).toEqual({
      code,
      kind: 'invalid',
      field,
    }),
  );

  it.each([
    ['backdating-not-for-citizens', WEB, SENT_LATER_MAX_MS],
    ['moment-too-old', WEB, OCCURRED_AGE_MAX_MS],
    ['moment-too-old', STAFF, OCCURRED_AGE_MAX_MS],
    ['moment-too-old', IMPORT, OCCURRED_AGE_MAX_MS],
  ] as const)('notes %s, which holds unless it is a repeat, and reads on', (code, arrival, ageMaxMs) => {
    const occurredAt = at(-ageMaxMs - 1_000);
    const { facts, late } = read({ occurredAt }, arrival);
    expect(facts.occurredAt).toBe(occurredAt);
    expect(late).toMatchObject({ code, kind: 'invalid', field: 'occurredAt' });
    expect(read({ occurredAt: at(-ageMaxMs) }, arrival).late?.code).not.toBe(code);
  });

  it('starts clocks when the call began, and never in the future', () => {
    expect(read({ occurredAt: '2021-07-22T17:30:00+07:00' }).facts.occurredAt).toBe('2021-07-22T10:30:00.000Z');
    expect(read({ occurredAt: at(CLOCK_AHEAD_MAX_MS - 1_000) }).facts.occurredAt).toBe(ARRIVED);
  });

  it('lets only staff and their files say that it happened long before, so that nobody jumps a queue', () => {
    const yesterday = at(-24 * 60 * 60 * 1_000);
    expect(read({ occurredAt: yesterday }, STAFF).facts.occurredAt).toBe(yesterday);
    expect(read({ occurredAt: yesterday }, IMPORT).facts.occurredAt).toBe(yesterday);
    expect(read({ occurredAt: yesterday }, STAFF).late).toBeUndefined();
    expect(read({ occurredAt: yesterday }, IMPORT).late).toBeUndefined();
    expect(read({ occurredAt: yesterday }).late).toMatchObject({ code: 'backdating-not-for-citizens' });
  });

  it('takes the time of a form that waited for a network', () => {
    const earlier = at(-SENT_LATER_MAX_MS);
    expect(read({ occurredAt: earlier }).facts.occurredAt).toBe(earlier);
  });

  it.each(['2021-02-29T08:00:00Z', '2021-06-31T01:00:00Z', '2021-07-00T01:00:00Z'])(
    'refuses %s, a day that no calendar has, also from staff',
    (occurredAt) =>
      expect(refusalOf(() => read({ occurredAt }, STAFF))).toEqual({
        code: 'moment-not-valid',
        kind: 'invalid',
        field: 'occurredAt',
      }),
  );

  it('takes a leap day', () => {
    const arrival = { ...STAFF, arrivedAt: '2024-03-01T00:00:00.000Z' };
    expect(read({ occurredAt: '2024-02-29T23:30:00+07:00' }, arrival).facts.occurredAt).toBe(
      '2024-02-29T16:30:00.000Z',
    );
  });

  it('lets staff say through which channel it came', () => {
    expect(read({}, STAFF).facts.channel).toBe('phone');
    expect(read({ channel: 'callbot' }, STAFF).facts.channel).toBe('callbot');
  });

  it('tells by message, else by e-mail, else by webhook, else not at all', () => {
    const by = (reporter: SubmittedRequest['reporter']) => read({ reporter, address: { text: 'x' } }).facts.notifyBy;
    const webhookUrl = 'https://example.org/hook';
    expect(by({ phone: '0903123456', email: 'a@example.org' })).toBe('sms');
    expect(by({ phone: '02838291234', email: 'a@example.org', webhookUrl })).toBe('email');
    expect(by({ webhookUrl })).toBe('webhook');
    expect(by({})).toBe('none');
  });

  it('keeps somebody else apart from the reporter, with the address and the words', () => {
    const asked = { beneficiary: { name: 'Bà Mẫu' }, address: { text: '12 Nguyễn Trãi' }, description: 'hết gạo' };
    const { reporter, beneficiary } = read(asked);
    expect(reporter).toEqual({ phone: '+84903123456' });
    expect(beneficiary).toEqual({ name: 'Bà Mẫu', address: '12 Nguyễn Trãi', description: 'hết gạo' });
    expect(read({ beneficiary: { sameAsReporter: false } }).beneficiary).toBeDefined();
    expect(read({ beneficiary: {} }).beneficiary).toBeUndefined();
  });

  it('takes an emergency for urgent unless it is told otherwise', () => {
    expect(read({ needs: ['food', 'emergency'] }).facts.urgency).toBe('emergency');
    expect(read({ needs: ['emergency'], urgency: 'urgent' }).facts.urgency).toBe('urgent');
  });

  it('places an address by the list of units that was in force', () => {
    const text = '12 Nguyễn Trãi, P.2, Q.5';
    expect(read({ address: { text } }).facts).toMatchObject({ districtCode: '774', wardCode: '27313' });
  });

  it('never lets a word of a person into an event or a refusal', () => {
    const mark = '☃';
    const words = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => `${text}${mark}`);
    const phones = fc.oneof(words, fc.constantFrom('0903123456', '0912 345 678', '1022'));
    const asked = fc.record({
      reporter: fc.record({ name: words, phone: phones, email: words, webhookUrl: words }, { requiredKeys: [] }),
      beneficiary: fc.record({ name: words, phone: phones, sameAsReporter: fc.boolean() }, { requiredKeys: [] }),
      address: fc.record({
        text: fc.oneof(
          words,
          words.map((w) => `${w}, P.2, Q.5`),
        ),
      }),
      description: words,
    });
    fc.assert(
      fc.property(asked, (one) => {
        const told = toldOf({ ...FOOD, ...one });
        expect(told).not.toContain(mark);
        expect(told).not.toMatch(/0?903123456|912345678/);
      }),
      { numRuns: 500 },
    );
  });
});

/** Everything that leaves: the event when it is filed, else the refusal. */
function toldOf(asked: SubmittedRequest): string {
  try {
    const { facts } = interpretRequest(asked, WEB);
    const refs = { requestId: ID, caseId: ID, reporterRef: ID, beneficiaryRef: ID, trackingCode: '2222-222-222' };
    const [event] = fileRequest(newRequest, { ...facts, ...refs });
    validateEvent('relief.request.filed.v1', event?.data ?? {});
    return JSON.stringify(event);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return JSON.stringify({ ...error, message: error.message });
  }
}
