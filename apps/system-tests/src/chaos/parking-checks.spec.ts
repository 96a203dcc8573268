import { poisonIsIsolated } from './parking-checks.js';

const expected = [{ key: 'k', reason: 'not-json', hashes: ['1', '2', '3'] }];
const judged = (found: typeof expected, perhaps: string[] = []) =>
  poisonIsIsolated({ service: 'routing', expected, found, perhaps: new Set(perhaps) }).ok;

describe('a poisoned key', () => {
  it('waits with its successors in their order', () => {
    expect(judged(expected)).toBe(true);
    expect(judged([{ ...expected[0]!, hashes: ['1', '1', '2', '3'] }])).toBe(true);
  });

  it('is not isolated when it is not parked, for another reason, or not in order', () => {
    expect(judged([])).toBe(false);
    expect(judged([{ ...expected[0]!, reason: 'gap' }])).toBe(false);
    expect(judged([{ ...expected[0]!, hashes: ['1', '3', '2'] }])).toBe(false);
    expect(judged([{ ...expected[0]!, hashes: ['1', '2'] }])).toBe(false);
  });

  it('takes no other key with it, unless its own outcome was unknown', () => {
    const other = { key: 'other', reason: 'gap', hashes: ['9'] };
    expect(judged([...expected, other])).toBe(false);
    expect(judged([...expected, other], ['other'])).toBe(true);
  });
});
