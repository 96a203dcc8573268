import { newId, RETURN_REASONS, type CaseFacts, type LegReturned, type RoutingEvent } from '@tiepsuc/contracts';
import { OFFICES } from '@tiepsuc/city';
import { deciderSpecification } from '@tiepsuc/testing/decider-specification';
import fc from 'fast-check';
import { evolve, unknownCase, type Case } from './case.js';
import { dispatch, routeRequest, takeBack, type Facts } from './routing.js';

const catalogue = OFFICES.asOf('2021-07-22');
const at = new Date('2021-07-23T03:00:00.000Z');
const recorded = { time: at.toISOString(), actor: 'system:routing', sequence: 1 };
const facts = (legId: string = newId()): Facts => ({ catalogue, at, legId });

const request: CaseFacts = {
  caseId: newId(),
  requestId: newId(),
  needs: ['food'],
  urgency: 'normal',
  districtCode: '778',
  unitsVersion: '2021-01-01',
  beneficiaryRef: newId(),
  occurredAt: '2021-07-23T02:59:00.000Z',
  reporterRef: newId(),
  notifyBy: 'sms',
  language: 'vi',
  trackingCode: 'MRDX-PC2-7D7',
};

const given = deciderSpecification<Case, RoutingEvent>({ initial: unknownCase, evolve });
const after = (state: Case, events: readonly RoutingEvent[]): Case =>
  events.reduce((before, event) => evolve(before, event, recorded), state);
type Decide = (state: Case) => readonly RoutingEvent[];
const filed =
  (fields: Partial<CaseFacts> = {}): Decide =>
  (state) =>
    routeRequest(state, { ...request, ...fields }, facts());
const returned =
  (suggestedOffice?: string): Decide =>
  (state) =>
    takeBack(state, returnOf(state, suggestedOffice), facts());

function returnOf(state: Case, suggestedOffice?: string): LegReturned {
  if (state.status !== 'routed') throw new Error('nobody has it');
  const { office, legId } = state;
  return { ...request, office, legId, reason: 'not-our-area', suggestedOffice };
}

describe('a new case', () => {
  it('is given to an office and offered to it in one decision', () => {
    const [routed, offered, ...more] = routeRequest(unknownCase, request, facts('leg'));
    expect(more).toEqual([]);
    expect(routed).toMatchObject({
      type: 'CaseRouted',
      data: { office: 'q7', legId: 'leg', hop: 0, decidedBy: 'rule', rule: 'area-need', officesVersion: '2021-01-01' },
    });
    expect(offered).toEqual({ type: 'CaseOffered', data: { ...request, office: 'q7', legId: 'leg', hop: 0 } });
  });

  it('waits for a dispatcher when its area is not known', () => {
    const data = { reason: 'no-area', hop: 0, caseId: request.caseId, trackingCode: 'MRDX-PC2-7D7' };
    given()
      .when(filed({ districtCode: undefined }))
      .then({ type: 'CaseUnroutable', data });
  });

  it('is decided once, whatever further requests of it say', () => {
    given(filed())
      .when(filed({ districtCode: '760' }))
      .thenNothing();
    given(filed({ districtCode: undefined }))
      .when(filed())
      .thenNothing();
  });
});

describe('a returned case', () => {
  it('goes where the office says, if that office takes it', () => {
    given(filed())
      .when(returned('nhabe'))
      .then(
        { type: 'CaseRouted', data: { office: 'nhabe', hop: 1, rule: 'returned-suggestion', decidedBy: 'rule' } },
        { type: 'CaseOffered', data: { office: 'nhabe', hop: 1, requestId: request.requestId } },
      );
  });

  it.each([undefined, 'q99', 'soldtbxh', 'q7'])(
    'waits for a dispatcher when the suggestion is %s',
    (suggestedOffice) => {
      const data = { reason: 'returned', hop: 1, returnedBy: 'q7', returnReason: 'not-our-area' };
      given(filed()).when(returned(suggestedOffice)).then({ type: 'CaseUnroutable', data });
    },
  );

  it('is not sent to experts who are not there', () => {
    const asked = filed({ needs: ['medical-consultation'], urgency: 'emergency' });
    const night = { ...facts(), at: new Date('2021-07-23T20:00:00.000Z') };
    expect(given(asked).state).toMatchObject({ office: 'soyte' });
    given(asked)
      .when((state) => takeBack(state, returnOf(state, 'chuyengia'), night))
      .then({ type: 'CaseUnroutable' });
    given(asked).when(returned('chuyengia')).then({ type: 'CaseRouted' }, {});
  });

  it('waits for a dispatcher after two suggestions', () => {
    const twice = given(filed(), returned('nhabe'), returned('q4'));
    expect(twice.state).toMatchObject({ status: 'routed', office: 'q4', hop: 2, tried: ['q7', 'nhabe', 'q4'] });
    twice
      .when(returned('q1'))
      .then({ type: 'CaseUnroutable', data: { reason: 'hop-limit', hop: 3, suggestedOffice: 'q1' } });
  });

  it('is old news when the leg is not the current one, or not that office’s', () => {
    const legId = newId();
    const first: Decide = (state) => routeRequest(state, request, facts(legId));
    const again =
      (office = 'q7'): Decide =>
      (state) =>
        takeBack(state, { ...request, office, legId, reason: 'not-our-area', suggestedOffice: 'nhabe' }, facts());
    given(first, again()).when(again()).thenNothing();
    given(first).when(again('q1')).thenNothing();
    given().when(again()).thenNothing();
  });
});

describe('a dispatcher', () => {
  const choice = { office: 'q5', reasonCode: 'address-by-phone' };

  it('gives a waiting case to any office, even to one that had it', () => {
    const leg = { office: 'q7', legId: 'new', hop: 1 };
    given(filed(), returned())
      .when((waiting) => dispatch(waiting, { ...choice, office: 'q7' }, facts('new')))
      .then(
        { type: 'CaseRouted', data: { ...leg, decidedBy: 'dispatcher', rule: 'address-by-phone' } },
        { type: 'CaseOffered', data: leg },
      );
  });

  it.each([
    ['case-unknown', given(), choice],
    ['case-not-waiting', given(filed()), choice],
    ['office-not-valid', given(filed({ districtCode: undefined })), { ...choice, office: 'q99' }],
  ] as const)('is refused: %s', (code, past, asked) => {
    past.when((state) => dispatch(state, asked, facts())).thenRefused(code);
  });
});

describe('whatever happens to a case', () => {
  const offices = catalogue.offices.map(({ code }) => code);
  const step = fc.record({
    act: fc.constantFrom('file', 'return', 'stale-return', 'dispatch'),
    office: fc.constantFrom(...offices, undefined),
    reason: fc.constantFrom(...RETURN_REASONS),
    need: fc.constantFrom('food', 'medicine', 'medical-consultation', 'entitlement', 'boat'),
  });

  it('one office at most has it, rules never send it back, and its state survives storage', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state: Case = unknownCase;
        const legs = new Set<string>();
        for (const { act, office, reason, need } of steps) {
          const before = state;
          const events = decided(before, { act, office, reason, need });
          const tried = before.status === 'unknown' ? [] : before.tried;
          for (const event of events) {
            if (event.type === 'CaseUnroutable') continue;
            expect(event.data.hop).toBeLessThanOrEqual(100);
            if (event.type === 'CaseRouted') expect(legs.has(event.data.legId)).toBe(false);
            if (event.type === 'CaseRouted' && event.data.decidedBy === 'rule') {
              expect(tried).not.toContain(event.data.office);
            }
            legs.add(event.data.legId);
          }
          expect(events.map(({ type }) => type).join()).toMatch(/^(|CaseUnroutable|CaseRouted,CaseOffered)$/);
          state = after(state, events);
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        }
      }),
    );
  });

  function decided(
    state: Case,
    { act, office, reason, need }: { act: string; office?: string; reason: LegReturned['reason']; need: string },
  ): readonly RoutingEvent[] {
    if (act === 'file') return filed({ needs: [need] })(state);
    if (act === 'dispatch') {
      if (state.status !== 'waiting-for-dispatcher') return [];
      return dispatch(state, { office: office ?? 'q1', reasonCode: 'decided' }, facts());
    }
    if (state.status !== 'routed') return [];
    const legId = act === 'return' ? state.legId : newId();
    return takeBack(state, { ...request, office: state.office, legId, reason, suggestedOffice: office }, facts());
  }

  it('keeps a bounded history in its state', () => {
    let { state } = given(filed());
    for (let n = 0; n < 150; n++) {
      state = after(state, returned()(state));
      state = after(state, dispatch(state, { office: 'q7', reasonCode: 'again' }, facts()));
    }
    expect(state).toMatchObject({ status: 'routed', hop: 100, tried: ['q7'] });
    expect(state.status !== 'unknown' && state.history.length).toBe(200);
  });
});
