import { newId, OUTCOMES, RETURN_REASONS, type LegEvent, type OfferedCase, type Refusal } from '@tiepsuc/contracts';
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

const given = (...decisions: readonly Decision[]): Leg =>
  decisions.reduce((leg, decide) => after(leg, decide(leg)), unknownLeg as Leg);
const now = (leg: Leg) => ({ office: 'q7', expectedSequence: leg.status === 'unknown' ? 0 : leg.sequence });
const types = (events: readonly LegEvent[]) => events.map(({ type }) => type);

const opened: Decision = (leg) => open(leg, offered);
const acknowledged: Decision = (leg) => acknowledge(leg, now(leg));
const accepted: Decision = (leg) => accept(leg, now(leg));
const returned: Decision = (leg) => giveBack(leg, { reason: 'no-capacity' }, now(leg));
const delivered: Decision = (leg) => resolve(leg, { outcome: 'delivered' }, now(leg));

const refused = (decide: () => unknown): Refusal => {
  try {
    decide();
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('it was not refused');
};

describe('a leg', () => {
  it('opens with everything that the office was offered, once', () => {
    expect(opened(unknownLeg)).toEqual([{ type: 'LegOpened', data: offered }]);
    expect(opened(given(opened))).toEqual([]);
  });

  it('goes from opened to acknowledged to accepted to resolved', () => {
    expect(given(opened, acknowledged, accepted, delivered)).toMatchObject({
      status: 'resolved',
      outcome: 'delivered',
    });
  });

  it('is acknowledged by whoever accepts it', () => {
    expect(types(accepted(given(opened)))).toEqual(['LegAcknowledged', 'LegAccepted']);
    expect(types(accepted(given(opened, acknowledged)))).toEqual(['LegAccepted']);
  });

  it.each([
    ['opened', given(opened)],
    ['acknowledged', given(opened, acknowledged)],
    ['accepted', given(opened, accepted)],
  ])('can be returned when it is %s', (_, leg) => {
    expect(giveBack(leg, { reason: 'not-our-area', suggestedOffice: 'nhabe' }, now(leg))).toMatchObject([
      { type: 'LegReturned', data: { office: 'q7', reason: 'not-our-area', suggestedOffice: 'nhabe' } },
    ]);
  });

  it('stays as it is when the same is done again', () => {
    expect(acknowledged(given(opened, acknowledged))).toEqual([]);
    expect(acknowledged(given(opened, accepted))).toEqual([]);
    expect(accepted(given(opened, accepted))).toEqual([]);
    expect(returned(given(opened, returned))).toEqual([]);
    expect(delivered(given(opened, accepted, delivered))).toEqual([]);
  });

  it('says in its events nothing but codes and references', () => {
    const [event] = delivered(given(opened, accepted));
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
    ['leg-unknown', 'not-found', () => acknowledged(unknownLeg)],
    ['leg-unknown', 'not-found', () => acknowledge(given(opened), { office: 'q1', expectedSequence: 1 })],
    ['leg-changed', 'stale', () => accept(given(opened, acknowledged), { office: 'q7', expectedSequence: 1 })],
    ['leg-not-accepted', 'conflict', () => delivered(given(opened))],
    ['leg-not-accepted', 'conflict', () => delivered(given(opened, acknowledged))],
    ['leg-ended', 'conflict', () => returned(given(opened, accepted, delivered))],
    ['leg-ended', 'conflict', () => delivered(given(opened, returned))],
    ['leg-ended', 'conflict', () => accepted(given(opened, returned))],
    ['leg-ended', 'conflict', () => acknowledged(given(opened, accepted, delivered))],
    [
      'leg-ended',
      'conflict',
      () => giveBack(given(opened, returned), { reason: 'duplicate' }, { office: 'q7', expectedSequence: 2 }),
    ],
    [
      'detail-missing',
      'invalid',
      () => resolve(given(opened, accepted), { outcome: 'ineligible' }, { office: 'q7', expectedSequence: 3 }),
    ],
    [
      'suggested-office-not-valid',
      'invalid',
      () =>
        giveBack(
          given(opened),
          { reason: 'not-our-area', suggestedOffice: 'q7' },
          { office: 'q7', expectedSequence: 1 },
        ),
    ],
    [
      'suggested-office-not-valid',
      'invalid',
      () =>
        giveBack(
          given(opened),
          { reason: 'not-our-area', suggestedOffice: 'q99' },
          { office: 'q7', expectedSequence: 1 },
        ),
    ],
  ])('refuses with %s', (code, kind, decide) => {
    expect(refused(decide)).toMatchObject({ code, kind });
  });

  it('names its status to who has seen an older one', () => {
    const stale = refused(() => accept(given(opened, acknowledged), { office: 'q7', expectedSequence: 1 }));
    expect(stale.message).toContain('acknowledged');
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
