import { jest } from '@jest/globals';
import { newId } from '@tiepsuc/contracts';
import { OCCURRED_AGE_MAX_MS, SENT_LATER_MAX_MS } from './domain/interpret-request.js';
import { intakeUnderTest, type IntakeUnderTest } from './intake-under-test.fixture.js';

const MINUTE_MS = 60_000;

let intake: IntakeUnderTest;

beforeAll(async () => {
  intake = await intakeUnderTest();
});
afterEach(() => jest.useRealTimers());
afterAll(() => intake.close());

/** Only the clock is moved: whatever waits goes on waiting as long as it does. */
function moveClock(byMs: number): void {
  jest.useFakeTimers({
    now: Date.now() + byMs,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const food = (occurredAt: string) => ({ reporter: { phone: '0903 123 456' }, needs: ['food'], occurredAt });
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

describe('a moment that has become too old since', () => {
  it('does not keep a repeat from being answered as the first time', async () => {
    const asked = { body: food(ago(MINUTE_MS)), ...withKey(newId()) };
    const first = await intake.ask('/requests', asked);
    moveClock(SENT_LATER_MAX_MS);
    const again = await intake.ask('/requests', asked);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is refused with a key that is new, and without one, and leaves nothing behind', async () => {
    const body = food(ago(SENT_LATER_MAX_MS + MINUTE_MS));
    const count = async () => (await intake.database.query('SELECT count(*)::int FROM vault_subject')).rows[0].count;
    const before = await count();
    for (const headers of [withKey(newId()).headers, undefined]) {
      const { status, body: json } = await intake.ask('/requests', { body, headers });
      expect(status).toBe(422);
      expect(json).toMatchObject({
        type: 'urn:tiepsuc:problem:backdating-not-for-citizens',
        code: 'backdating-not-for-citizens',
        field: 'occurredAt',
        remedy: 'Bỏ trường này, hoặc đăng nhập.',
      });
    }
    expect(await count()).toBe(before);
  });

  it('is refused with a key that was used for something else', async () => {
    const asked = withKey(newId());
    await intake.ask('/requests', { body: food(ago(MINUTE_MS)), ...asked });
    const other = await intake.ask('/requests', { body: food(ago(SENT_LATER_MAX_MS + MINUTE_MS)), ...asked });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('does not refuse rows of a file that are in already, and refuses those of a new file', async () => {
    const occurredAt = ago(OCCURRED_AGE_MAX_MS - MINUTE_MS);
    const take = (phone: string) =>
      intake.ask('/imports/requests', {
        as: 'operator-1',
        body: `reporter_phone,needs,occurred_at\n${phone},food,${occurredAt}\n`,
      });
    expect((await take('0903123456')).body).toMatchObject({ accepted: 1, alreadyFiled: 0, refused: 0 });
    // By less than the tokens hold.
    moveClock(2 * MINUTE_MS);
    expect((await take('0903123456')).body).toMatchObject({ accepted: 1, alreadyFiled: 1, refused: 0 });
    const { body: json } = await take('0903123457');
    expect(json).toMatchObject({ accepted: 0, refused: 1 });
    expect(json.refusals[0]).toMatchObject({ row: 2, code: 'moment-too-old', fields: ['occurred_at'] });
  });
});
