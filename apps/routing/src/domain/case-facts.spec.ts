import { OFFICES } from '@tiepsuc/city';
import { CaseFacts, declaredFields, newId, pickDeclared, RequestFiled, type RoutingEvent } from '@tiepsuc/contracts';
import { filledSample } from '@tiepsuc/contracts/samples';
import { evolve, unknownCase, type Case } from './case.js';
import { dispatch, routeRequest, takeBack } from './routing.js';

const filed = filledSample(RequestFiled);
const at = new Date(filed.occurredAt);
const facts = { catalogue: OFFICES.asOf(at), at, legId: newId() };
const nowhere = { districtCode: undefined, wardCode: undefined };
const after = (events: readonly RoutingEvent[]): Case =>
  events.reduce(
    (state, event) => evolve(state, event, { time: at.toISOString(), actor: 'system:routing', sequence: 1 }),
    unknownCase as Case,
  );

const routed = routeRequest(unknownCase, filed, facts);
const hadIt = after(routed);
if (hadIt.status !== 'routed') throw new Error('the sample is not routed');
const { office, legId } = hadIt;
const returned = takeBack(hadIt, { ...filed, office, legId, reason: 'no-capacity' }, facts);
const dispatched = dispatch(after(returned), { office: 'q3', reasonCode: 'agreed' }, facts);

describe.each([
  ['a case that a rule gave to an office', [...routed]],
  ['a case that came back', [...returned]],
  ['a case that a dispatcher gave to an office', [...dispatched]],
])('%s', (_case, events) => {
  it.each(declaredFields(CaseFacts))('says %s in every event, as the request did', (field) => {
    expect(filed[field]).toBeDefined();
    for (const { data } of events) expect(data[field]).toEqual(filed[field]);
  });
});

describe('the facts of a case', () => {
  it('are those of the request, and nothing else of it', () =>
    expect(hadIt.facts).toStrictEqual(pickDeclared(CaseFacts, filed)));

  it('leave out what is not known', () => {
    const waiting = after(routeRequest(unknownCase, { ...filed, ...nowhere }, facts));
    expect(Object.keys(waiting.status === 'unknown' ? {} : waiting.facts)).not.toContain('wardCode');
  });
});
