import { event, partition } from './checks.fixture.js';
import { auditSumsAreRight, casesAreInOnePlace, rowsAreTheLegs } from './store-checks.js';

const routed = { case_id: 'c', status: 'routed', office: 'q1', leg_id: 'l' };
const leg = { leg_id: 'l', case_id: 'c', office: 'q1', status: 'accepted' };

describe('a case', () => {
  it('is with the office that routing says, or with the dispatcher', () => {
    expect(casesAreInOnePlace([routed], [leg]).ok).toBe(true);
    const returned = [{ ...leg, status: 'returned' }];
    const waiting = { ...routed, status: 'waiting-for-dispatcher', office: null, leg_id: null };
    expect(casesAreInOnePlace([waiting], returned).ok).toBe(true);
  });

  it.each([
    ['nobody has it', []],
    ['another office has it', [{ ...leg, office: 'q3' }]],
    ['two offices have it', [leg, { ...leg, leg_id: 'm', office: 'q3' }]],
    ['an office has one that routing does not know', [leg, { ...leg, leg_id: 'm', case_id: 'd' }]],
  ])('is not in one place when %s', (_, legs) => {
    expect(casesAreInOnePlace([routed], legs).ok).toBe(false);
  });

  it('is in two places when an office keeps what the dispatcher has', () => {
    expect(casesAreInOnePlace([{ ...routed, status: 'waiting-for-dispatcher' }], [leg]).ok).toBe(false);
  });
});

describe('the rows of the offices', () => {
  const events = [event({ type: 'relief.leg.opened.v1', subject: 'l' })];

  it('are those that the events say', () => {
    expect(rowsAreTheLegs(events, [leg]).ok).toBe(true);
  });

  it('are not when a leg is missing or there is one too many', () => {
    expect(rowsAreTheLegs(events, []).ok).toBe(false);
    expect(rowsAreTheLegs(events, [leg, { ...leg, leg_id: 'm' }]).ok).toBe(false);
  });
});

describe('the sums of audit', () => {
  const records = partition([event({ type: 't', id: 'one' }), event({ type: 't', id: 'two' })]);
  const count = { topic: 'relief.requests.v1', partition: 0, type: 't', records: 2 };

  it('are right when they count what is in the log', () => {
    expect(auditSumsAreRight([count], records).ok).toBe(true);
  });

  it('are wrong when one record was counted twice, or not, or nobody knows what was counted', () => {
    expect(auditSumsAreRight([{ ...count, records: 3 }], records).ok).toBe(false);
    expect(auditSumsAreRight([], records).ok).toBe(false);
    expect(auditSumsAreRight([count, { ...count, type: 'u' }], records).ok).toBe(false);
  });
});
