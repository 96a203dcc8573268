import { EVERY_OFFICE, type Role } from '@tiepsuc/runtime';
import type { DemoAccount } from '@tiepsuc/demo-issuer';

/** Everybody's secret at the demo issuer, which listens on this machine only. Not for real accounts. */
export const DEMO_SECRET = 'demo';

/** The account that services read from each other with. */
export const SERVICE_ACCOUNT = 'services-01';

export const OPERATOR = 'operator-01';
export const DISPATCHER = 'dispatcher-01';
export const MANAGER = 'manager-01';
export const AUDITOR = 'auditor-01';
export const PLATFORM = 'platform-01';

export function officerOf(office: string): string {
  return `officer-${office}`;
}

/** One account of each kind, an officer for each office, and the services' own. */
export function accountsFor(offices: readonly string[], serviceSecret: string): DemoAccount[] {
  const staff: [id: string, role: Role, offices: readonly string[]][] = [
    [OPERATOR, 'operator', []],
    [DISPATCHER, 'dispatcher', []],
    [MANAGER, 'manager', [EVERY_OFFICE]],
    [AUDITOR, 'auditor', []],
    [PLATFORM, 'platform', []],
    ...offices.map((office): [string, Role, string[]] => [officerOf(office), 'officer', [office]]),
  ];
  return [
    ...staff.map(([id, role, of]) => ({ id, secret: DEMO_SECRET, roles: [role], offices: of })),
    { id: SERVICE_ACCOUNT, secret: serviceSecret, roles: ['service'], offices: [] },
  ];
}
