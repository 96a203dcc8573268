import { ConfigError, ROLES } from '@tiepsuc/runtime';
import type { DemoAccount } from '@tiepsuc/demo-issuer';

const ACCOUNTS_MAX = 200;
const FIELDS = ['id', 'secret', 'roles', 'offices'];
/** What services accept as the subject of a token. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The accounts that a JSON text lists; `offices` may be left out.
 * @throws ConfigError a sentence per account that is wrong; it never repeats a secret
 */
export function accountsIn(text: string): DemoAccount[] {
  const listed = parsed(text);
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > ACCOUNTS_MAX) {
    throw new ConfigError([`ISSUER_ACCOUNTS must be a JSON list of 1 to ${ACCOUNTS_MAX} accounts.`]);
  }
  const sentences = listed.flatMap((account: unknown, at) => wrongIn(account, at + 1));
  const ids = listed.map((account: Partial<DemoAccount> | null) => account?.id);
  if (new Set(ids).size < ids.length) sentences.push('ISSUER_ACCOUNTS: every account needs an id of its own.');
  if (sentences.length > 0) throw new ConfigError(sentences);
  return (listed as DemoAccount[]).map(({ id, secret, roles, offices = [] }) => ({ id, secret, roles, offices }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and with it a secret.
    return undefined;
  }
}

function wrongIn(account: unknown, place: number): string[] {
  const { id, secret, roles, offices = [] } = (account ?? {}) as Record<string, unknown>;
  const wrong = (field: string, rule: string) => `ISSUER_ACCOUNTS: account ${place}: ${field} must be ${rule}.`;
  const unknown = Object.keys(account ?? {}).filter((field) => !FIELDS.includes(field));
  const known: readonly string[] = ROLES;
  return [
    typeof id === 'string' && ID.test(id) ? [] : wrong('id', 'an opaque id of up to 64 letters, digits, . _ -'),
    typeof secret === 'string' && secret !== '' ? [] : wrong('secret', 'a text'),
    isTexts(roles) && roles.length > 0 && roles.every((role) => known.includes(role))
      ? []
      : wrong('roles', `a list of ${ROLES.join(', ')}`),
    isTexts(offices) ? [] : wrong('offices', 'a list of office codes, ["*"] for every office'),
    unknown.length === 0 ? [] : `ISSUER_ACCOUNTS: account ${place} has a field that nobody reads.`,
  ].flat();
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '');
}
