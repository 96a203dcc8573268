import { newId, OUTCOMES, RETURN_REASONS, type LegEvent, type OfferedCase } from '@tiepsuc/contracts';
import { deciderSpecification } from '@tiepsuc/testing/decider-specification';
import fc from 'fast-check';
import { accept, acknowledge, giveBack, open, resolve } from './handling.js';
import { evolve, unknownLeg, type Leg } from './leg.js';

const offered: OfferedCase = {
  office: 'q7',
  legId: newId(),
  caseId: newId(),
  requestId: newId(),
  needs: ['food'],
  urgency: 'urgent',
  districtCode: '778',
  unitsVersion: '2021-01-01',
  beneficiaryRef: newId(),
  hop: 0,
  occurredAt: '2021-07-22T11:00:12.000Z',
  reporterRef: newId(),
  notifyBy: 'sms',
  language: 'vi',
  trackingCode: 'MRDX-PC2-7D7',
};

type Decision = (leg: Leg) => readonly LegEvent[];

function after(leg: Leg, events: readonly LegEvent[]): Leg {
  return events.reduce((before, event) => {
    const sequence = (before.status === 'unknown' ? 0 : before.sequence) + 1;
    return evolve(before, event, {
      time: `2021-07-22T12:00:0${sequence}.000Z`,
      actor: 'office:q7:officer-03',
      sequence,
    });
  }, leg);
}

const given = deciderSpecification<Leg, LegEvent>({ initial: unknownLeg, evolve });
const now = (leg: Leg) => ({ office: 'q7', expectedSequence: leg.status === 'unknown' ? 0 : leg.sequence });
const seen = (expectedSequence: number) => ({ office: 'q7', expectedSequence });
const suggesting =
  (suggestedOffice: string): Decision =>
  (leg) =>
    giveBack(leg, { reason: 'not-our-area', suggestedOffice }, seen(1));
const types = (events: readonly LegEvent[]) => events.map(({ type }) => type);

const opened: Decision = (leg) => open(leg, offered);
const acknowledged: Decision = (leg) => acknowledge(leg, now(leg));
const accepted: Decision = (leg) => accept(leg, now(leg));
const returned: Decision = (leg) => giveBack(leg, { reason: 'no-capacity' }, now(leg));
const delivered: Decision = (leg) => resolve(leg, { outcome: 'delivered' }, now(leg));

describe('a leg', () => {
  it('opens with everything that the office was offered, once', () => {
    expect(opened(unknownLeg)).toEqual([{ type: 'LegOpened', data: offered }]);
    given(opened).when(opened).thenNothing();
  });

  it('goes from opened to acknowledged to accepted to resolved', () => {
    expect(given(opened, acknowledged, accepted, delivered).state).toMatchObject({
      status: 'resolved',
      outcome: 'delivered',
    });
  });

  it('is acknowledged by whoever accepts it', () => {
    given(opened).when(accepted).then({ type: 'LegAcknowledged' }, { type: 'LegAccepted' });
    given(opened, acknowledged).when(accepted).then({ type: 'LegAccepted' });
  });

  it.each([
    ['opened', given(opened)],
    ['acknowledged', given(opened, acknowledged)],
    ['accepted', given(opened, accepted)],
  ])('can be returned when it is %s', (_, past) => {
    past
      .when((leg) => giveBack(leg, { reason: 'not-our-area', suggestedOffice: 'nhabe' }, now(leg)))
      .then({ type: 'LegReturned', data: { office: 'q7', reason: 'not-our-area', suggestedOffice: 'nhabe' } });
  });

  it('stays as it is when the same is done again', () => {
    given(opened, acknowledged).when(acknowledged).thenNothing();
    given(opened, accepted).when(acknowledged).thenNothing();
    given(opened, accepted).when(accepted).thenNothing();
    given(opened, returned).when(returned).thenNothing();
    given(opened, accepted, delivered).when(delivered).thenNothing();
  });

  it('says in its events nothing but codes and references', () => {
    const [event] = delivered(given(opened, accepted).state);
    expect(Object.keys(event?.data ?? {}).sort()).toEqual(
      [
        'caseId',
        'detailCode',
        'evidenceRef',
        'language',
        'legId',
        'notifyBy',
        'office',
        'outcome',
        'reporterRef',
        'trackingCode',
      ].sort(),
    );
  });

  it.each([
    ['leg-unknown', 'not-found', given(), acknowledged],
    ['leg-unknown', 'not-found', given(opened), (leg) => acknowledge(leg, { office: 'q1', expectedSequence: 1 })],
    ['leg-changed', 'stale', given(opened, acknowledged), (leg) => accept(leg, seen(1))],
    ['leg-not-accepted', 'conflict', given(opened), delivered],
    ['leg-not-accepted', 'conflict', given(opened, acknowledged), delivered],
    ['leg-ended', 'conflict', given(opened, accepted, delivered), returned],
    ['leg-ended', 'conflict', given(opened, returned), delivered],
    ['leg-ended', 'conflict', given(opened, returned), accepted],
    ['leg-ended', 'conflict', given(opened, accepted, delivered), acknowledged],
    ['leg-ended', 'conflict', given(opened, returned), (leg) => giveBack(leg, { reason: 'duplicate' }, seen(2))],
    ['detail-missing', 'invalid', given(opened, accepted), (leg) => resolve(leg, { outcome: 'ineligible' }, seen(3))],
    ['suggested-office-not-valid', 'invalid', given(opened), suggesting('q7')],
    ['suggested-office-not-valid', 'invalid', given(opened), suggesting('q99')],
  ] satisfies readonly [string, string, ReturnType<typeof given>, Decision][])(
    'refuses with %s',
    (code, kind, past, decide) => past.when(decide).thenRefused(code, { kind }),
  );

  it('names its status to who has seen an older one', () => {
    given(opened, acknowledged)
      .when((leg) => accept(leg, seen(1)))
      .thenRefused('leg-changed', { message: expect.stringContaining('acknowledged') });
  });
});

describe('whatever officers do', () => {
  const step = fc.record({
    act: fc.constantFrom('open', 'acknowledge', 'accept', 'return', 'resolve'),
    isStale: fc.boolean(),
    office: fc.constantFrom('q7', 'q7', 'q7', 'q1'),
    reason: fc.constantFrom(...RETURN_REASONS),
    suggestedOffice: fc.constantFrom(undefined, 'q1', 'q7', 'q99'),
    outcome: fc.constantFrom(...OUTCOMES),
    detailCode: fc.constantFrom(undefined, 'rule-3'),
  });
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

  function decided(leg: Leg, { act, isStale, ...fields }: Step): readonly LegEvent[] {
    const by = { office: fields.office, expectedSequence: now(leg).expectedSequence - (isStale ? 1 : 0) };
    switch (act) {
      case 'open':
        return open(leg, offered);
      case 'acknowledge':
        return acknowledge(leg, by);
      case 'accept':
        return accept(leg, by);
      case 'return':
        return giveBack(leg, fields, by);
      default:
        return resolve(leg, fields, by);
    }
  }

  function run(steps: readonly Step[]): { events: LegEvent[]; leg: Leg } {
    const events: LegEvent[] = [];
    let leg: Leg = unknownLeg;
    for (const one of steps) {
      try {
        const more = decided(leg, one);
        events.push(...more);
        leg = after(leg, more);
      } catch (error) {
        expect(error).toMatchObject({ name: 'Refusal' });
      }
    }
    return { events, leg };
  }

  const STORY =
    /^(LegOpened(,LegAcknowledged)?(,LegReturned)?|LegOpened,LegAcknowledged,LegAccepted(,LegReturned|,LegResolved)?)?$/;

  it('a leg has one end at most, and nothing follows it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { events, leg } = run(steps);
        expect(types(events).join()).toMatch(STORY);
        expect(JSON.parse(JSON.stringify(leg))).toEqual(leg);
      }),
    );
  });

  it('the outcomes add up to the resolved legs', () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 12 }), (stories) => {
        const ended = stories.map((steps) => run(steps).leg);
        const resolved = ended.filter(({ status }) => status === 'resolved').length;
        const counted = OUTCOMES.map(
          (outcome) => ended.filter((leg) => 'outcome' in leg && leg.outcome === outcome).length,
        );
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(resolved);
      }),
    );
  });
});
