import { validateEvent } from '@tiepsuc/contracts';
import { decideAccess, evolveAccess, judgeAccess, newAccess, type Asking } from './access.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const KNOWN = { personIsKept: true, personIsOfCase: true };
const asking = (role: string, more: Partial<Asking> = {}): Asking => ({
  accessId: ID,
  personRef: ID,
  caseId: ID,
  purpose: 'handle-case',
  roles: [role],
  offices: [],
  ...more,
});
const verdict = (one: Asking, known = KNOWN) => judgeAccess(one, known).verdict;

describe('who may see personal details', () => {
  it.each(['service', 'operator', 'dispatcher', 'officer'])('a %s may, for a case', (role) =>
    expect(verdict(asking(role))).toBe('granted'),
  );

  it.each(['auditor', 'platform', 'manager', 'toString'])(
    'a %s may not, and is not told whether there are any',
    (role) => {
      expect(verdict(asking(role))).toBe('not-allowed');
      expect(verdict(asking(role), { ...KNOWN, personIsKept: false })).toBe('not-allowed');
    },
  );

  it('nobody may for a case that is not about the person', () =>
    expect(verdict(asking('operator'), { ...KNOWN, personIsOfCase: false })).toBe('not-allowed'));

  it('an officer may not without a case', () => {
    expect(verdict(asking('officer', { caseId: undefined }))).toBe('not-allowed');
    expect(verdict(asking('operator', { caseId: undefined }))).toBe('granted');
  });

  it('only a service reads in order to notify', () => {
    expect(verdict(asking('officer', { purpose: 'notify' }))).toBe('not-allowed');
    expect(verdict(asking('service', { purpose: 'notify' }))).toBe('granted');
  });

  it('is remembered once, with names of fields, whether it was granted or refused', () => {
    for (const role of ['officer', 'auditor']) {
      const one = asking(role, { offices: ['*', 'q5'], fields: ['phone'] });
      const judgement = judgeAccess(one, KNOWN);
      const [event, ...more] = decideAccess(newAccess, one, judgement);
      expect(more).toEqual([]);
      validateEvent('relief.access.decided.v1', event?.data ?? {});
      const decision = role === 'officer' ? 'granted' : 'refused';
      expect(event?.data).toMatchObject({ role, office: 'q5', fields: ['phone'], decision });
      const decided = event ? evolveAccess(newAccess, event) : newAccess;
      expect(decideAccess(decided, one, judgement)).toEqual([]);
    }
  });
});
