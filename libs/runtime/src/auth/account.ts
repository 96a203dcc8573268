import { refusals } from '@tiepsuc/contracts';

/** What an account may be. A citizen has no account. `service` is a process that reads from another one. */
export const ROLES = ['operator', 'dispatcher', 'officer', 'manager', 'auditor', 'platform', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** The caller's account, from the access token. */
export interface Account {
  /** The token's subject: an opaque id, never a name or a mail address. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** Codes of the offices whose cases the account may see and handle; `*` stands for all of them. */
  readonly offices: readonly string[];
}

export const EVERY_OFFICE = '*';

export function hasRole(account: Account, ...roles: readonly Role[]): boolean {
  return account.roles.some((role) => roles.includes(role));
}

export const refuseOffice = refusals({
  'office-not-allowed': {
    kind: 'forbidden',
    says: { vi: 'Hồ sơ thuộc đơn vị khác.', en: 'This belongs to another office.' },
    remedy: { vi: 'Dùng tài khoản của đơn vị đó.', en: 'Use an account of that office.' },
  },
});

/** @throws Refusal when the office is none of the account's. */
export function requireOffice(account: Account, office: string): void {
  if (account.offices.includes(office) || account.offices.includes(EVERY_OFFICE)) return;
  throw refuseOffice('office-not-allowed');
}

/**
 * How an event's `actor` names who caused it: `office:<code>:<account>` for one acting for an office,
 * `system:<account>` for a process, `<role>:<account>` for other staff, `citizen` for everyone without an account.
 */
export function actorOf(account: Account | undefined, office?: string): string {
  if (!account) return 'citizen';
  if (hasRole(account, 'service')) return `system:${account.id}`;
  if (office) return `office:${office}:${account.id}`;
  const role = ROLES.find((one) => account.roles.includes(one));
  return role ? `${role}:${account.id}` : 'citizen';
}
