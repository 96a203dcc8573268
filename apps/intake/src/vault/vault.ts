import { canonicalJson, newId } from '@tiepsuc/contracts';
import { upsert, type RowChange } from '@tiepsuc/journal';
import { randomFillSync } from 'node:crypto';
import { VaultPhoneIndexRow } from '../store/vault-phone-index.row.js';
import { VaultRecordRow } from '../store/vault-record.row.js';
import { VaultSubjectRow } from '../store/vault-subject.row.js';
import { decrypt, encrypt, NONCE_BYTES } from './aes-gcm.js';
import { KEY_BYTES } from './aes-key-wrap.js';
import type { PersonDetails } from '../domain/person-details.js';
import type { KeptPerson } from './kept-persons.js';
import type { VaultKeys } from './vault-keys.js';

const RECORD_VERSION = 1;
const RANDOM_POOL_BYTES = 8_192;

/** A person as sealed: the reference that may travel, and the rows to write in the transaction of the event. */
export interface SealedPerson {
  readonly personRef: string;
  readonly rows: readonly RowChange[];
}

/**
 * The only place with personal details. Each person has a data key of their own, which exists in the database
 * only wrapped; each record is bound to its person, its place and its version, so none can be put elsewhere.
 */
export class Vault {
  private readonly pool = Buffer.alloc(RANDOM_POOL_BYTES);
  private used = RANDOM_POOL_BYTES;

  constructor(private readonly keys: VaultKeys) {}

  /** Encrypts a new person's details. Nothing is kept until the rows are written. */
  seal(details: PersonDetails, createdAt: Date): SealedPerson {
    const personRef = newId();
    const recordRef = newId();
    const key = this.random(KEY_BYTES);
    const nonce = this.random(NONCE_BYTES);
    const plain = Buffer.from(JSON.stringify(details), 'utf8');
    const fields = encrypt({ key, nonce, associated: associatedOf(personRef, recordRef) }, plain);
    const wrappedKey = this.keys.wrap(key);
    const rows: RowChange[] = [
      upsert(VaultSubjectRow, { personRef, keyId: newId(), wrappedKey, kekVersion: this.keys.version, createdAt }),
      upsert(VaultRecordRow, { recordRef, personRef, fields, nonce, createdAt }),
    ];
    if (details.phone) rows.push(upsert(VaultPhoneIndexRow, { hmac: this.keys.phoneIndex(details.phone), personRef }));
    return { personRef, rows };
  }

  /**
   * Decrypts what is kept of a person; undefined when that is nothing, or can never be read again. The caller
   * records the access first.
   * @throws Error when the key is another one, or anything was changed or moved
   */
  open({ personRef, wrappedKey, kekVersion, records }: KeptPerson): PersonDetails | undefined {
    if (!wrappedKey) return undefined;
    const key = this.keys.unwrap(wrappedKey, kekVersion);
    const details = records.map(({ recordRef, nonce, fields }) => {
      const plain = decrypt({ key, nonce, associated: associatedOf(personRef, recordRef) }, fields);
      return JSON.parse(plain.toString('utf8')) as PersonDetails;
    });
    return Object.assign({}, ...details) as PersonDetails;
  }

  /** Random bytes from a pool, since a system call for each would be the dearest part of a sealing. Given out once. */
  private random(lengthBytes: number): Buffer {
    if (this.used + lengthBytes > this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const bytes = Buffer.from(this.pool.subarray(this.used, this.used + lengthBytes));
    this.pool.fill(0, this.used, (this.used += lengthBytes));
    return bytes;
  }
}

function associatedOf(personRef: string, recordRef: string): Buffer {
  return Buffer.from(canonicalJson({ personRef, recordRef, v: RECORD_VERSION }), 'utf8');
}
