import { judgeSums, SUMS_CHECKS } from './check-sums.js';
import type { SeenIncrement, SumsView } from './sums-view.js';

const KEYS = ['a', 'b'];

/** Three increments of each of two keys, on one partition, as they must be. */
function soundView(): SumsView {
  const increments = KEYS.flatMap((key, k) =>
    [1, 2, 3].map((sequence) => ({ key, sequence, operation: `${key}${sequence}`, amount: sequence + k })),
  );
  const logged = (prefix: string): SeenIncrement[] =>
    increments.map((one, n) => ({ ...one, eventId: `${prefix}-${one.operation}`, place: `0/${n}` }));
  return {
    eventLogKind: 'postgres',
    acknowledged: increments,
    asked: { records: logged('asked'), holes: [] },
    counted: { records: logged('counted'), holes: [] },
    effects: logged('counted'),
    balances: [
      { key: 'a', people: 6, times: 3 },
      { key: 'b', people: 9, times: 3 },
    ],
    tallied: logged('asked').map(({ place, amount }) => ({ place, people: amount })),
    parked: [],
    unfinished: [],
    witnesses: [],
    endedByThemselves: [],
  };
}

const failed = (view: SumsView) =>
  judgeSums(view)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

function without<Item>(items: readonly Item[], at: number): Item[] {
  return items.filter((_, n) => n !== at);
}

function swapped<Item>(items: readonly Item[], one: number, other: number): Item[] {
  return items.map((item, n) => (n === one ? items[other] : n === other ? items[one] : item) as Item);
}

describe('the checks of the sums', () => {
  const sound = soundView();
  const twice = sound.asked.records[2] as SeenIncrement;

  it('pass what is as it must be', () => {
    expect(failed(sound)).toEqual([]);
  });

  const broken: readonly (readonly [string, string, SumsView])[] = [
    ['that nothing was done', SUMS_CHECKS.work, { ...sound, acknowledged: [] }],
    [
      'an acknowledged increment that is not in the log',
      SUMS_CHECKS.acknowledged,
      { ...sound, asked: { ...sound.asked, records: without(sound.asked.records, 5) } },
    ],
    [
      'an increment that was acknowledged under another number',
      SUMS_CHECKS.acknowledged,
      { ...sound, acknowledged: [{ key: 'a', sequence: 2, operation: 'a1', amount: 1 }] },
    ],
    [
      'an operation that was done twice',
      SUMS_CHECKS.operations,
      {
        ...sound,
        asked: { ...sound.asked, records: [...sound.asked.records, { ...twice, eventId: 'other', sequence: 4 }] },
      },
    ],
    [
      'a key out of order in the log',
      SUMS_CHECKS.askedOrder,
      { ...sound, asked: { ...sound.asked, records: swapped(sound.asked.records, 1, 2) } },
    ],
    [
      'an event that the embedded log holds twice',
      SUMS_CHECKS.noDuplicates,
      { ...sound, asked: { ...sound.asked, records: [...sound.asked.records, { ...twice, place: '0/6' }] } },
    ],
    [
      'a copy on Kafka that differs from its original',
      SUMS_CHECKS.exactCopies,
      {
        ...sound,
        eventLogKind: 'kafka',
        asked: { ...sound.asked, records: [...sound.asked.records, { ...twice, place: '0/6', amount: 99 }] },
      },
    ],
    [
      'a copy on Kafka in another partition',
      SUMS_CHECKS.exactCopies,
      {
        ...sound,
        eventLogKind: 'kafka',
        asked: { ...sound.asked, records: [...sound.asked.records, { ...twice, place: '1/0' }] },
      },
    ],
    ['a hole in the offsets', SUMS_CHECKS.noHoles, { ...sound, asked: { ...sound.asked, holes: ['0/3'] } }],
    ['a missing effect', SUMS_CHECKS.effects, { ...sound, effects: without(sound.effects, 0) }],
    ['a doubled effect', SUMS_CHECKS.effects, { ...sound, effects: [...sound.effects, twice] }],
    ['effects out of order', SUMS_CHECKS.effects, { ...sound, effects: swapped(sound.effects, 0, 1) }],
    [
      'a balance that is not the sum',
      SUMS_CHECKS.balances,
      { ...sound, balances: [{ key: 'a', people: 7, times: 3 }, ...sound.balances.slice(1)] },
    ],
    ['a missing balance', SUMS_CHECKS.balances, { ...sound, balances: sound.balances.slice(1) }],
    ['a record that was not tallied', SUMS_CHECKS.tally, { ...sound, tallied: without(sound.tallied, 3) }],
    [
      'a record that was tallied twice',
      SUMS_CHECKS.tally,
      { ...sound, tallied: [...sound.tallied, { place: '0/0', people: 0 }] },
    ],
    [
      'an effect that did not reach the log',
      SUMS_CHECKS.countedLog,
      { ...sound, counted: { ...sound.counted, records: without(sound.counted.records, 5) } },
    ],
    ['what is stuck', SUMS_CHECKS.liveness, { ...sound, unfinished: ['1 record is not published'] }],
    ['what is parked', SUMS_CHECKS.parked, { ...sound, parked: ['a'] }],
    ['a fenced reader', SUMS_CHECKS.fencing, { ...sound, witnesses: [{ kind: 'offset', detail: 'x' }] }],
    ['a stolen lease', SUMS_CHECKS.leases, { ...sound, witnesses: [{ kind: 'lease', detail: 'x' }] }],
    ['a fenced relay', SUMS_CHECKS.epochs, { ...sound, witnesses: [{ kind: 'epoch', detail: 'x' }] }],
    ['a process that died', SUMS_CHECKS.noCrash, { ...sound, endedByThemselves: ['relay-1: status 1'] }],
  ];

  it.each(broken)('notice %s', (_, name, view) => {
    expect(failed(view)).toContain(name);
  });

  it('are as many as there are ways to break them', () => {
    expect(new Set(broken.map(([, name]) => name))).toEqual(new Set(Object.values(SUMS_CHECKS)));
  });

  it('allow on Kafka what a lost answer leaves twice', () => {
    const record = { ...twice, place: '0/6' };
    const view: SumsView = {
      ...sound,
      eventLogKind: 'kafka',
      asked: { ...sound.asked, records: [...sound.asked.records, record] },
      tallied: [...sound.tallied, { place: '0/6', people: twice.amount }],
    };
    expect(failed(view)).toEqual([]);
  });

  it('claim on Kafka nothing that could not fail there', () => {
    const names = judgeSums({ ...sound, eventLogKind: 'kafka' }).map(({ name }) => name);
    expect(names).not.toContain(SUMS_CHECKS.epochs);
    expect(names).not.toContain(SUMS_CHECKS.noDuplicates);
  });
});
