import type { RowChange } from '@tiepsuc/journal';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { VaultPhoneIndexRow } from '../store/vault-phone-index.row.js';
import { VaultRecordRow } from '../store/vault-record.row.js';
import { VaultSubjectRow } from '../store/vault-subject.row.js';
import { VaultKeys } from './vault-keys.js';
import { Vault } from './vault.js';

const DETAILS = { name: 'Trần Văn Mẫu', phone: '+84903123456', address: '12 Nguyễn Trãi', description: 'hết gạo 🍚' };
const NOW = new Date('2021-07-22T11:00:00.000Z');

/** Answers from rows in memory, as far as the vault asks. */
function tablesOf(rows: RowChange[]): DataSource {
  const of = (entity: unknown) => rows.filter((one) => one.entity === entity).map(({ row }) => row);
  const ofPerson = (entity: unknown, personRef: string) => of(entity).filter((row) => row.personRef === personRef);
  return {
    getRepository: (entity: unknown) => ({
      findOneBy: async ({ personRef }: { personRef: string }) => ofPerson(entity, personRef)[0] ?? null,
      find: async ({ where }: { where: { personRef: string } }) => ofPerson(entity, where.personRef),
    }),
  } as unknown as DataSource;
}

function vaultOn(rows: RowChange[], secret = randomBytes(32)): Vault {
  return new Vault(new VaultKeys(secret), tablesOf(rows));
}

const rowOf = <Row extends object>(rows: readonly RowChange[], entity: new () => Row): Row =>
  rows.find((one) => one.entity === entity)?.row as Row;

describe('the vault', () => {
  it('gives back what was sealed', async () => {
    const rows: RowChange[] = [];
    const vault = vaultOn(rows);
    const sealed = vault.seal(DETAILS, NOW);
    rows.push(...sealed.rows);
    expect(await vault.open(sealed.personRef)).toEqual({ found: 'details', details: DETAILS });
  });

  it('writes nothing readable, and never the same twice', () => {
    const vault = vaultOn([]);
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
    expect(hmac(vaultOn([], secret))).toBe(hmac(vaultOn([], secret)));
    expect(hmac(vaultOn([], secret))).not.toBe(hmac(vaultOn([])));
    expect(
      vaultOn([])
        .seal({ name: 'x' }, NOW)
        .rows.map(({ entity }) => entity),
    ).not.toContain(VaultPhoneIndexRow);
  });

  it('refuses a record that was moved to another person, another place, or changed', async () => {
    const rows: RowChange[] = [];
    const vault = vaultOn(rows);
    const [one, other] = [vault.seal(DETAILS, NOW), vault.seal({ name: 'y' }, NOW)];
    rows.push(...one.rows, ...other.rows);
    const record = rowOf(one.rows, VaultRecordRow);
    rowOf(other.rows, VaultSubjectRow).wrappedKey = rowOf(one.rows, VaultSubjectRow).wrappedKey;
    Object.assign(rowOf(other.rows, VaultRecordRow), { fields: record.fields, nonce: record.nonce });
    await expect(vault.open(other.personRef)).rejects.toThrow();
    record.fields[0] = (record.fields[0] ?? 0) ^ 1;
    await expect(vault.open(one.personRef)).rejects.toThrow();
  });

  it('says which key is the wrong one when it was opened with another', async () => {
    const rows: RowChange[] = [];
    const { personRef, rows: sealed } = vaultOn([]).seal(DETAILS, NOW);
    rows.push(...sealed);
    await expect(vaultOn(rows).open(personRef)).rejects.toThrow('another vault key');
  });

  it('opens nothing of a person who was erased, or never was', async () => {
    const rows: RowChange[] = [];
    const vault = vaultOn(rows);
    const { personRef, rows: sealed } = vault.seal(DETAILS, NOW);
    rows.push(...sealed);
    rowOf(rows, VaultSubjectRow).wrappedKey = null;
    expect(await vault.open(personRef)).toEqual({ found: 'erased' });
    expect(await vault.open('00000000-0000-7000-8000-000000000000')).toEqual({ found: 'nothing' });
  });
});
