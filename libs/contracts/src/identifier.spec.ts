import { ID_PATTERN } from './fields.js';
import { newId } from './identifier.js';

const COUNT = 100_000;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 13).replace('-', ''), 16);

describe('a new id', () => {
  it('is a UUIDv7 in the form that events demand', () => {
    for (let at = 0; at < 1000; at++) {
      const id = newId();
      expect(id).toMatch(UUID_V7);
      expect(id).toMatch(ID_PATTERN);
    }
  });

  it('is unique, and sorts after those made before it', () => {
    const made = Array.from({ length: COUNT }, () => newId());
    expect(new Set(made).size).toBe(COUNT);
    expect(made.every((id, at) => at === 0 || (made[at - 1] as string) < id)).toBe(true);
  });

  it('sorts even when more are made in a millisecond than the counter holds, and when the clock goes back', () => {
    const nowMs = Date.now() + 3_600_000;
    const made = Array.from({ length: 10_000 }, (_, at) => newId(at < 9_000 ? nowMs : nowMs - 5_000));
    expect(made.every((id, at) => at === 0 || (made[at - 1] as string) < id)).toBe(true);
    expect(timeOf(made[0] as string)).toBe(nowMs);
    expect(timeOf(made.at(-1) as string) - nowMs).toBeLessThan(10);
  });
});
