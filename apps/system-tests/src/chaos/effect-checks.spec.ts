import { event, partition } from './checks.fixture.js';
import { effectsAreInOrder, effectsAreSingle, logIsTheJournals } from './effect-checks.js';
import { firstOccurrences, type LoggedEvent } from './logged-record.js';

const FILED = 'relief.request.filed.v1';
const ROUTED = 'relief.case.routed.v1';
const OFFERED = 'relief.case.offered.v1';
const OPENED = 'relief.leg.opened.v1';
const QUEUED = 'relief.notification.queued.v1';

const told = (id: string) =>
  event({ type: QUEUED, id: `told ${id}`, source: '/tiepsuc/notifications', causationid: id });
const chain: LoggedEvent[] = [
  event({ type: FILED, id: 'filed' }),
  told('filed'),
  event({ type: ROUTED, id: 'routed', source: '/tiepsuc/routing', causationid: 'filed' }),
  told('routed'),
  event({ type: OFFERED, id: 'offered', source: '/tiepsuc/routing', causationid: 'filed' }),
  event({ type: OPENED, id: 'opened', source: '/tiepsuc/office/q1', causationid: 'offered' }),
];
const failed = (events: readonly LoggedEvent[]) =>
  effectsAreSingle(events)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe('the effects of events', () => {
  it('are single when each service did its part once', () => {
    expect(failed(chain)).toEqual([]);
  });

  it.each([
    ['routed', 'effects are single: routing'],
    ['opened', 'effects are single: office'],
    ['told filed', 'effects are single: notifications'],
  ])('are not when %s is missing or there twice', (id, name) => {
    const one = chain.find((each) => each.id === id) as LoggedEvent;
    expect(failed(chain.filter((each) => each !== one))).toContain(name);
    expect(failed([...chain, { ...one, id: 'again' }])).toContain(name);
  });

  it('prove nothing when there are none', () => {
    expect(failed([])).toHaveLength(3);
  });
});

describe('the order of effects', () => {
  const causes = partition([event({ type: FILED, id: 'one' }), event({ type: FILED, id: 'two', subject: 'b' })]);
  const effects = partition([told('one'), told('two')], 'relief.notifications.v1');
  const first = firstOccurrences([...causes, ...effects]);
  const places = (one: number, two: number) =>
    new Map([
      ['told one', { database: 'notifications', position: one }],
      ['told two', { database: 'notifications', position: two }],
    ]);

  it('is that of the log', () => {
    expect(effectsAreInOrder(first, places(1, 2))).toMatchObject({ ok: true, figure: '2 effects' });
  });

  it('is wrong when a later event of a case was decided on first', () => {
    expect(effectsAreInOrder(first, places(2, 1)).ok).toBe(false);
  });
});

describe('the log and the journals', () => {
  const journal = new Map(chain.map(({ id }, position) => [id, { database: 'all', position }]));

  it('hold the same', () => {
    expect(logIsTheJournals(chain, journal).ok).toBe(true);
  });

  it('do not when something was never published, or is nobody’s', () => {
    expect(logIsTheJournals(chain.slice(1), journal).figure).toBe('1 missing, 0 foreign');
    expect(logIsTheJournals([...chain, event({ type: FILED, id: 'foreign' })], journal).ok).toBe(false);
  });
});
