import { event, partition } from './checks.fixture.js';
import { duplicatesAreExact, offsetsAreWhole, readersAgree, streamsAreInOrder } from './log-checks.js';

const stream = [1, 2, 3].map((sequence) => event({ type: 't', sequence, id: `e${sequence}` }));
const whole = partition(stream);

describe('the offsets', () => {
  it('are whole when nothing is missing', () => {
    expect(offsetsAreWhole(whole).ok).toBe(true);
  });

  it('are not when one is missing, at the beginning or in between', () => {
    expect(offsetsAreWhole(whole.filter(({ offset }) => offset !== 1))).toMatchObject({ ok: false });
    expect(offsetsAreWhole(whole.slice(1))).toMatchObject({ ok: false });
  });

  it('are not when one was given twice', () => {
    expect(offsetsAreWhole([...whole, { ...whole[1]!, hash: 'other' }]).ok).toBe(false);
  });
});

describe('the readers', () => {
  const seen = (hashes: string[]) => ({ observer: new Map([['relief.requests.v1/0', hashes]]) });
  const hashes = whole.map(({ hash }) => hash);

  it('agree when each saw a beginning of the same', () => {
    expect(readersAgree(whole, seen(hashes), []).ok).toBe(true);
    expect(readersAgree(whole, seen(hashes.slice(0, 1)), []).ok).toBe(true);
  });

  it('do not when one saw other bytes, or an offset that is gone now', () => {
    expect(readersAgree(whole, seen(['other']), []).figure).toContain('observer at relief.requests.v1/0/0');
    expect(readersAgree(whole.slice(0, 2), seen(hashes), []).ok).toBe(false);
  });

  it('do not when one saw an offset before a smaller one, or nobody looked', () => {
    expect(readersAgree(whole, seen(hashes), ['relief.requests.v1/0: 2 instead of 1']).ok).toBe(false);
    expect(readersAgree(whole, { observer: new Map() }, []).ok).toBe(false);
  });
});

describe('a stream', () => {
  it('is in order, also when an event comes once more', () => {
    expect(streamsAreInOrder(whole).ok).toBe(true);
    expect(streamsAreInOrder(partition([...stream, stream[1]!])).ok).toBe(true);
  });

  it('is not when two are exchanged or one is missing', () => {
    expect(streamsAreInOrder(partition([stream[0]!, stream[2]!, stream[1]!])).ok).toBe(false);
    expect(streamsAreInOrder(partition([stream[1]!])).ok).toBe(false);
  });
});

describe('a duplicate', () => {
  const copied = partition([...stream, stream[1]!]);

  it('is never allowed in a log that knows event ids', () => {
    expect(duplicatesAreExact(whole, 'postgres').ok).toBe(true);
    expect(duplicatesAreExact(copied, 'postgres').ok).toBe(false);
  });

  it('is counted on Kafka, and must be the same bytes at the same place', () => {
    expect(duplicatesAreExact(copied, 'kafka')).toMatchObject({
      ok: true,
      figure: '1 copies of 3 events, which readers drop',
    });
    const altered = copied.map((record) => (record.offset === 3 ? { ...record, hash: 'other' } : record));
    expect(duplicatesAreExact(altered, 'kafka').ok).toBe(false);
    const elsewhere = [...whole, { ...whole[1]!, partition: 1, offset: 0 }];
    expect(duplicatesAreExact(elsewhere, 'kafka').ok).toBe(false);
  });
});
