import { accountsIn } from './accounts.js';

const officer = { id: 'officer-q1', secret: 'quiet', roles: ['officer'], offices: ['q1'] };
const complaintOf = (accounts: unknown): string => {
  try {
    accountsIn(typeof accounts === 'string' ? accounts : JSON.stringify(accounts));
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('the accounts of the issuer', () => {
  it('are read from a JSON list', () => {
    expect(accountsIn(JSON.stringify([officer]))).toEqual([officer]);
  });

  it('may have no office', () => {
    const auditor = { id: 'auditor', secret: 'quiet', roles: ['auditor'] };
    expect(accountsIn(JSON.stringify([auditor]))).toEqual([{ ...auditor, offices: [] }]);
  });

  it.each([
    ['a role that does not exist', [{ ...officer, roles: ['mayor'] }], 'roles'],
    ['no role', [{ ...officer, roles: [] }], 'roles'],
    ['a name for an id', [{ ...officer, id: 'an officer' }], 'id'],
    ['no secret', [{ ...officer, secret: '' }], 'secret'],
    ['offices that are no list', [{ ...officer, offices: 'q1' }], 'offices'],
    ['a field that nobody reads', [{ ...officer, office: 'q1' }], 'nobody reads'],
    ['the same id twice', [officer, officer], 'id of its own'],
    ['nothing at all', [null], 'account 1'],
    ['no account', [], '1 to 200'],
    ['no list', officer, '1 to 200'],
    ['no JSON', '[{"secret":"quiet"', '1 to 200'],
  ])('are refused with %s', (_what, accounts, part) => {
    const complaint = complaintOf(accounts);
    expect(complaint).toContain(part);
    expect(complaint).not.toContain('quiet');
  });
});
