import { CODE_PATTERN, type AccessEvent, type RevealPurpose } from '@tiepsuc/contracts';
import { PERSON_FIELDS, type PersonField } from './person-details.js';

/** One act of reading personal details; it is remembered and never changes again. */
export type AccessState =
  { readonly status: 'new' } | { readonly status: 'decided'; readonly decision: 'granted' | 'refused' };

export const newAccess: AccessState = { status: 'new' };

export interface Asking {
  readonly accessId: string;
  readonly personRef: string;
  readonly caseId?: string;
  readonly purpose: RevealPurpose;
  readonly fields?: readonly PersonField[];
  readonly roles: readonly string[];
  readonly offices: readonly string[];
}

/** What was looked up before the decision. */
export interface Known {
  readonly personIsKept: boolean;
  /** Whether the person reported the case, or is the one it is about. */
  readonly personIsOfCase: boolean;
}

/** Who may read personal details at all, and what for. An auditor, a manager and the platform team never. */
const PURPOSES: ReadonlyMap<string, readonly RevealPurpose[]> = new Map([
  ['service', ['notify', 'handle-case', 'call-back', 'verify']],
  ['operator', ['handle-case', 'call-back', 'verify']],
  ['dispatcher', ['handle-case', 'call-back', 'verify']],
  ['officer', ['handle-case', 'call-back', 'verify']],
]);
/** These read for a case of theirs or not at all. */
const NEEDS_CASE: ReadonlySet<string> = new Set(['officer']);

export interface Judgement {
  readonly verdict: 'granted' | 'not-allowed' | 'nothing-kept';
  /** The role that asks; the one that allows it, if any does. */
  readonly role: string;
}

/** Whether the details may be shown. Who may not see them is not told whether there are any. */
export function judgeAccess(asking: Asking, { personIsKept, personIsOfCase }: Known): Judgement {
  const { purpose, caseId, roles } = asking;
  const role = roles.find(
    (one) => PURPOSES.get(one)?.includes(purpose) && (caseId !== undefined || !NEEDS_CASE.has(one)),
  );
  if (role === undefined) return { verdict: 'not-allowed', role: roles[0] ?? 'none' };
  if (!personIsKept) return { verdict: 'nothing-kept', role };
  return { verdict: caseId === undefined || personIsOfCase ? 'granted' : 'not-allowed', role };
}

/** Granted or refused, there is an event that says who asked for what. */
export function decideAccess(state: AccessState, asking: Asking, { verdict, role }: Judgement): AccessEvent[] {
  if (state.status === 'decided') return [];
  const { accessId, personRef, caseId, purpose, fields = PERSON_FIELDS } = asking;
  const decision: 'granted' | 'refused' = verdict === 'granted' ? 'granted' : 'refused';
  const office = asking.offices.find((code) => CODE_PATTERN.test(code));
  const said = { accessId, personRef, caseId, purpose, fields: [...fields], decision, role, office };
  return [{ type: 'AccessDecided', data: said }];
}

export function evolveAccess(_state: AccessState, event: AccessEvent): AccessState {
  switch (event.type) {
    case 'AccessDecided':
      return { status: 'decided', decision: event.data.decision };
  }
}
