import { Injectable } from '@nestjs/common';
import { Database } from '@tiepsuc/journal';

/** Maximum records read per person. */
const RECORDS_MAX = 100;

/** A person, and the case that is the reason to read about them. */
export interface PersonQuery {
  readonly personRef: string;
  readonly caseId?: string;
}

/** One record of a person, as encrypted. */
export interface KeptRecord {
  readonly recordRef: string;
  readonly nonce: Buffer;
  readonly fields: Buffer;
}

/** What the tables hold of a person: nothing that could be read without the vault's key. */
export interface KeptPerson {
  readonly personRef: string;
  /** Undefined when there is no person under the reference, null when the key is gone. */
  readonly wrappedKey: Buffer | null | undefined;
  readonly kekVersion: string;
  /** Oldest first. */
  readonly records: readonly KeptRecord[];
  /** Whether the person reported the case that was named, or is the one it is about. */
  readonly isOfCase: boolean;
}

interface FoundRow {
  readonly n: number;
  readonly is_kept: boolean;
  readonly wrapped_key: Buffer | null;
  readonly kek_version: string | null;
  readonly is_of_case: boolean;
  readonly record_ref: string | null;
  readonly nonce: Buffer | null;
  readonly fields: Buffer | null;
}

/** Looks up each by itself: a plan that joins whole tables would be right only while they are small. */
const FIND = `
SELECT a.n::int, s.person_ref IS NOT NULL AS is_kept, s.wrapped_key, s.kek_version,
  EXISTS (SELECT FROM request AS q WHERE q.case_id = a.case_id
    AND (q.reporter_ref = a.person_ref OR q.beneficiary_ref = a.person_ref)) AS is_of_case,
  r.record_ref, r.nonce, r.fields
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS a(person_ref, case_id, n)
LEFT JOIN LATERAL (SELECT person_ref, wrapped_key, kek_version FROM vault_subject
  WHERE person_ref = a.person_ref AND erased_at IS NULL LIMIT 1) AS s ON true
LEFT JOIN LATERAL (SELECT record_ref, nonce, fields FROM vault_record
  WHERE person_ref = s.person_ref AND s.wrapped_key IS NOT NULL
  ORDER BY record_ref LIMIT ${RECORDS_MAX}) AS r ON true
ORDER BY a.n, r.record_ref`;

/** Looks persons up in the vault's tables, many with one query. */
@Injectable()
export class KeptPersons {
  constructor(private readonly database: Database) {}

  /** What is kept of each, in the order in which they were sought. */
  async find(sought: readonly PersonQuery[]): Promise<KeptPerson[]> {
    const rows = await this.database.run<FoundRow & Record<string, unknown>>({
      name: 'vault-find',
      text: FIND,
      values: [sought.map(({ personRef }) => personRef), sought.map(({ caseId }) => caseId ?? null)],
    });
    const found = sought.map(({ personRef }): KeptPerson & { records: KeptRecord[] } => ({
      personRef,
      wrappedKey: undefined,
      kekVersion: '',
      records: [],
      isOfCase: false,
    }));
    for (const { n, is_kept: isKept, record_ref: recordRef, nonce, fields, ...row } of rows) {
      const one = found[n - 1];
      if (!one) throw new Error('the database found somebody who was not sought');
      const { wrapped_key: wrappedKey, kek_version: kekVersion, is_of_case: isOfCase } = row;
      Object.assign(one, { wrappedKey: isKept ? wrappedKey : undefined, kekVersion: kekVersion ?? '', isOfCase });
      if (recordRef !== null && nonce && fields) one.records.push({ recordRef, nonce, fields });
    }
    return found;
  }
}
