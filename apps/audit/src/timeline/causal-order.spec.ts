import { newId, sequenceText, type Envelope } from '@tiepsuc/contracts';
import fc from 'fast-check';
import type { HistoryRow } from '../store/history.row.js';
import { causalOrder } from './causal-order.js';
import type { Entry } from './entry.js';

let offset = 0;

function entry(stream: string, sequence: number, said: { minute?: number; cause?: Entry } = {}): Entry {
  const time = new Date(Date.UTC(2021, 6, 22, 0, said.minute ?? 0)).toISOString();
  const envelope = {
    id: newId(),
    source: '/tiepsuc/test',
    subject: stream,
    sequence: sequenceText(sequence),
    time,
    causationid: said.cause?.envelope.id,
  } as Envelope;
  const row = { topic: 'relief.test.v1', partition: 0, offset: String(offset++) } as HistoryRow;
  return { row, envelope, sequence, stream, time };
}

describe('the causal order', () => {
  it('is that of time across streams', () => {
    const [late, early] = [entry('a', 1, { minute: 2 }), entry('b', 1, { minute: 1 })];
    expect(causalOrder([late, early])).toEqual([early, late]);
  });

  it('is that of the sequence within a stream, whatever the times say', () => {
    const [one, two] = [entry('a', 1, { minute: 9 }), entry('a', 2, { minute: 1 })];
    expect(causalOrder([two, one])).toEqual([one, two]);
  });

  it('puts a cause before its consequence although its clock was ahead', () => {
    const cause = entry('a', 1, { minute: 5 });
    const consequence = entry('b', 1, { minute: 1, cause });
    expect(causalOrder([consequence, cause])).toEqual([cause, consequence]);
  });

  it('does not wait for a cause that is not there, nor for ever in a circle', () => {
    const gone = entry('x', 1);
    const orphan = entry('a', 1, { cause: gone });
    expect(causalOrder([orphan])).toEqual([orphan]);
    const [one, two] = [entry('a', 1), entry('b', 1)];
    Object.assign(one.envelope, { causationid: two.envelope.id });
    Object.assign(two.envelope, { causationid: one.envelope.id });
    expect(causalOrder([one, two])).toHaveLength(2);
  });

  it('loses nothing and does not depend on the order in which records are found', () => {
    const stories = fc.array(fc.record({ stream: fc.nat(3), minute: fc.nat(5), cause: fc.nat(30) }), { maxLength: 25 });
    fc.assert(
      fc.property(stories, fc.infiniteStream(fc.nat(1_000)), (story, places) => {
        const counts = new Map<number, number>();
        const entries: Entry[] = [];
        for (const { stream, minute, cause } of story) {
          const sequence = (counts.get(stream) ?? 0) + 1;
          counts.set(stream, sequence);
          entries.push(entry(String(stream), sequence, { minute, cause: entries[cause] }));
        }
        const shuffled = entries
          .map((one) => ({ one, place: places.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        const ordered = causalOrder(shuffled);
        expect(ordered).toEqual(causalOrder(entries));
        expect(new Set(ordered)).toEqual(new Set(entries));
        for (const [n, { envelope }] of ordered.entries()) {
          const cause = ordered.findIndex((one) => one.envelope.id === envelope.causationid);
          expect(cause).toBeLessThan(n);
        }
      }),
    );
  });
});
