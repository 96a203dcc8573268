import { newId } from '@tiepsuc/contracts';
import { httpGateway } from './gateway.fixture.js';
import { VaultClient, VaultUnavailable, type Addressee } from './vault-client.js';

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A vault that answers what it is told, and a client of it. */
async function vaultSaying(status: number, answer: unknown) {
  const server = await httpGateway({ status, body: JSON.stringify(answer) });
  closers.push(() => server.close());
  const client = new VaultClient({ intakeUrl: new URL('/', server.url).href, token: async () => 'token-1' });
  return { client, server };
}

const somebody = (channel: Addressee['channel'] = 'sms') => ({ personRef: newId(), caseId: newId(), channel });

describe('the client of the vault', () => {
  it('asks once for all, for one field of each, and puts the answers in order', async () => {
    const [one, other] = [somebody(), somebody('email')];
    const { client, server } = await vaultSaying(200, {
      persons: [
        { personRef: one.personRef, fields: { phone: '+84912345678' } },
        { personRef: other.personRef, fields: { email: 'a@example.org' } },
      ],
    });
    expect(await client.addressesOf([one, other], never)).toEqual([
      { kind: 'address', address: '+84912345678' },
      { kind: 'address', address: 'a@example.org' },
    ]);
    expect(server.taken).toHaveLength(1);
    expect(server.taken[0]?.headers.authorization).toBe('Bearer token-1');
    expect(JSON.parse(server.taken[0]?.body ?? '')).toEqual({
      persons: [
        { personRef: one.personRef, caseId: one.caseId, fields: ['phone'] },
        { personRef: other.personRef, caseId: other.caseId, fields: ['email'] },
      ],
    });
  });

  it('asks once for a person who is to be told several things about a case', async () => {
    const one = somebody();
    const { client, server } = await vaultSaying(200, {
      persons: [{ personRef: one.personRef, fields: { phone: '+84912345678' } }],
    });
    const answers = await client.addressesOf([one, { ...one }, { ...one }], never);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ kind: 'address', address: '+84912345678' })));
    expect(JSON.parse(server.taken[0]?.body ?? '').persons).toHaveLength(1);
  });

  it('tells apart the answers about each of several persons', async () => {
    const people = [somebody(), somebody(), somebody(), somebody(), somebody()];
    const refs = people.map(({ personRef }) => personRef);
    const { client } = await vaultSaying(200, {
      persons: [
        { personRef: refs[0], code: 'person-unknown' },
        { personRef: refs[1], code: 'reveal-not-allowed' },
        { personRef: refs[2], code: 'access-not-recorded' },
        { personRef: refs[3], fields: {} },
        { personRef: refs[4], fields: { phone: '+84912345678' } },
      ],
    });
    expect(await client.addressesOf(people, never)).toEqual([
      { kind: 'none' },
      { kind: 'withheld', detail: 'VAULT_reveal-not-allowed' },
      { kind: 'withheld', detail: 'VAULT_access-not-recorded' },
      { kind: 'none' },
      { kind: 'address', address: '+84912345678' },
    ]);
  });

  it('never takes the address of one person for that of another', async () => {
    const [one, other] = [somebody(), somebody()];
    const { client } = await vaultSaying(200, {
      persons: [
        { personRef: other.personRef, fields: { phone: '+84900000000' } },
        { personRef: other.personRef, fields: { phone: '+84912345678' } },
      ],
    });
    expect(await client.addressesOf([one, other], never)).toMatchObject([{ kind: 'withheld' }, { kind: 'address' }]);
  });

  it.each([
    [503, { code: 'access-not-recorded' }, 'VAULT_503_access-not-recorded'],
    [404, { code: 'route-unknown' }, 'VAULT_404_route-unknown'],
    [200, { persons: [] }, 'VAULT_200'],
    [200, 'nonsense', 'VAULT_200'],
  ])('is told by %s %j that no address can be had now', async (status, answer, detail) => {
    const { client } = await vaultSaying(status, answer);
    await expect(client.addressesOf([somebody()], never)).rejects.toEqual(new VaultUnavailable(detail));
  });

  it('knows a vault that answers from one that is away, also when it withholds the address of everyone', async () => {
    const people = [somebody(), somebody()];
    const persons = people.map(({ personRef }) => ({ personRef, code: 'details-not-readable' }));
    const { client } = await vaultSaying(200, { persons });
    const withheld = { kind: 'withheld', detail: 'VAULT_details-not-readable' };
    expect(await client.addressesOf(people, never)).toEqual([withheld, withheld]);
  });

  it('says by a code that the vault is away', async () => {
    const { client, server } = await vaultSaying(200, {});
    await server.close();
    await expect(client.addressesOf([somebody()], never)).rejects.toMatchObject({ detail: 'ECONNREFUSED' });
  });
});
