import type { RowChange } from '@tiepsuc/journal';
import { randomBytes } from 'node:crypto';
import { VaultPhoneIndexRow } from '../store/vault-phone-index.row.js';
import { VaultRecordRow } from '../store/vault-record.row.js';
import { VaultSubjectRow } from '../store/vault-subject.row.js';
import type { KeptPerson, KeptRecord } from './kept-persons.js';
import { VaultKeys } from './vault-keys.js';
import { Vault, type SealedPerson } from './vault.js';

const DETAILS = { name: 'Trần Văn Mẫu', phone: '+84903123456', address: '12 Nguyễn Trãi', description: 'hết gạo 🍚' };
const NOW = new Date('2021-07-22T11:00:00.000Z');

function newVault(secret = randomBytes(32)): Vault {
  return new Vault(new VaultKeys(secret));
}

/** What the tables would hold of a person when these rows are written. */
function keptOf({ personRef, rows }: SealedPerson): KeptPerson {
  const { wrappedKey, kekVersion } = rowOf(rows, VaultSubjectRow);
  const records = [rowOf(rows, VaultRecordRow)];
  return { personRef, wrappedKey, kekVersion, records, isOfCase: true };
}

const rowOf = <Row extends object>(rows: readonly RowChange[], entity: new () => Row): Row =>
  rows.find((one) => one.entity === entity)?.row as Row;

describe('the vault', () => {
  it('gives back what was sealed', () => {
    const vault = newVault();
    expect(vault.open(keptOf(vault.seal(DETAILS, NOW)))).toEqual(DETAILS);
  });

  it('writes nothing readable, and never the same twice', () => {
    const vault = newVault();
    const [first, second] = [vault.seal(DETAILS, NOW).rows, vault.seal(DETAILS, NOW).rows];
    const bytes = (rows: readonly RowChange[]) =>
      Buffer.concat(rows.flatMap(({ row }) => Object.values(row).filter(Buffer.isBuffer)));
    for (const text of Object.values(DETAILS)) expect(bytes(first).includes(text)).toBe(false);
    expect(rowOf(first, VaultRecordRow).nonce).not.toEqual(rowOf(second, VaultRecordRow).nonce);
    expect(rowOf(first, VaultSubjectRow).wrappedKey).not.toEqual(rowOf(second, VaultSubjectRow).wrappedKey);
    expect(rowOf(first, VaultSubjectRow).wrappedKey).toHaveLength(40);
  });

  it('finds two persons of one number under the same keyed hash, which differs from one vault to another', () => {
    const secret = randomBytes(32);
    const hmac = (vault: Vault) => rowOf(vault.seal(DETAILS, NOW).rows, VaultPhoneIndexRow).hmac.toString('hex');
    expect(hmac(newVault(secret))).toBe(hmac(newVault(secret)));
    expect(hmac(newVault(secret))).not.toBe(hmac(newVault()));
    expect(
      newVault()
        .seal({ name: 'x' }, NOW)
        .rows.map(({ entity }) => entity),
    ).not.toContain(VaultPhoneIndexRow);
  });

  it('refuses a record that was moved to another person, another place, or changed', () => {
    const vault = newVault();
    const [one, other] = [vault.seal(DETAILS, NOW), vault.seal({ name: 'y' }, NOW)].map(keptOf) as [
      KeptPerson,
      KeptPerson,
    ];
    const [record] = one.records as [KeptRecord];
    expect(() => vault.open({ ...other, wrappedKey: one.wrappedKey, records: one.records })).toThrow();
    expect(() => vault.open({ ...one, records: [{ ...record, recordRef: other.personRef }] })).toThrow();
    record.fields[0] = (record.fields[0] ?? 0) ^ 1;
    expect(() => vault.open(one)).toThrow();
  });

  it('says which key is the wrong one when it was opened with another', () => {
    const kept = keptOf(newVault().seal(DETAILS, NOW));
    expect(() => newVault().open(kept)).toThrow('another vault key');
  });

  it('opens nothing of a person who was erased, or never was', () => {
    const vault = newVault();
    const kept = keptOf(vault.seal(DETAILS, NOW));
    expect(vault.open({ ...kept, wrappedKey: null })).toBeUndefined();
    expect(vault.open({ ...kept, wrappedKey: undefined, records: [] })).toBeUndefined();
  });
});
