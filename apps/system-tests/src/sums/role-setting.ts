import type { Orders } from './commanded-log.js';

export const SUMS_ROLES = ['producer', 'relay', 'consumer'] as const;
export type SumsRole = (typeof SUMS_ROLES)[number];

/** Everything a role's process is told at its start, as JSON in its environment. */
export interface RoleSetting {
  readonly role: SumsRole;
  /** For example `relay-2`; the process adds its id, so that each incarnation has a name of its own. */
  readonly name: string;
  /** Names topics and groups. */
  readonly run: string;
  /** The database of the producers. */
  readonly askedUrl: string;
  /** The database of the consumers. */
  readonly countedUrl: string;
  readonly eventLog: string;
  /** How long relays and readers keep what they do not renew. */
  readonly leaseMs: number;
  readonly seed: number;
  /** Loops of a producer that ask one after the other. */
  readonly loops: number;
  /** What a loop waits between two increments. */
  readonly pauseMs: number;
  /** Where a producer writes down what was acknowledged. */
  readonly acknowledgedFile: string;
  /** Keys that cannot be handled at the moment. */
  readonly poisoned: readonly string[];
}

export const SETTING_VARIABLE = 'SUMS_ROLE';

/** What the parent tells a role. */
export type Told =
  | { readonly tell: 'order'; readonly order: keyof Orders; readonly ms?: number }
  | { readonly tell: 'poison'; readonly key: string }
  | { readonly tell: 'cure' }
  | { readonly tell: 'stop' };

/** What a role tells its parent. */
export type Said = { readonly say: 'ready' } | { readonly say: 'done'; readonly order: keyof Orders };
