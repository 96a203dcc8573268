import { CaseFacts, pickDeclared, type LegReturned, type ReturnReason, type RoutingEvent } from '@tiepsuc/contracts';
import type { OfficeCatalogue } from '@tiepsuc/city';
import type { Case, RoutedCase } from './case.js';
import { refuse } from './refusals.js';
import { chooseOffice, pressingNeed, RULES_VERSION, takesNow } from './rules.js';

/** Maximum times that a returning office's suggestion may re-route a case before a dispatcher must decide. */
export const HOPS_BY_SUGGESTION_MAX = 2;
/** The count of hops stops here; a case may be passed on more often, because none may be stuck for ever. */
const HOPS_MAX = 100;

/** What a decision needs to know besides the case. */
export interface Facts {
  readonly catalogue: OfficeCatalogue;
  readonly at: Date;
  /** Becomes the id of the leg, if one begins. */
  readonly legId: string;
}

/** What a dispatcher decided. */
export interface Dispatch {
  readonly office: string;
  readonly reasonCode: string;
}

/** Finds the office for a new case. The first request of a case decides; a repeat and later requests change nothing. */
export function routeRequest(state: Case, request: CaseFacts, facts: Facts): readonly RoutingEvent[] {
  if (state.status !== 'unknown') return [];
  const known = pickDeclared(CaseFacts, request);
  const choice = chooseOffice({ ...known, at: facts.at }, facts.catalogue);
  if ('unroutable' in choice) return [unroutable(known, { reason: choice.unroutable, hop: 0 }, facts)];
  const { office, rule, need, alternatives } = choice;
  return given(known, { office, rule, need, alternatives: [...alternatives], decidedBy: 'rule', hop: 0 }, facts);
}

/**
 * Follows the returning office's suggestion, if it is a good one, else leaves the case to a dispatcher. It never
 * goes back to an office that had it. Returns of a leg that is not the current one are old news.
 */
export function takeBack(state: Case, returned: LegReturned, facts: Facts): readonly RoutingEvent[] {
  if (state.status !== 'routed' || returned.legId !== state.legId || returned.office !== state.office) return [];
  const hop = Math.min(state.hop + 1, HOPS_MAX);
  const { suggestedOffice, office: returnedBy, reason: returnReason } = returned;
  const why = { returnedBy, returnReason, suggestedOffice, hop };
  if (state.hop >= HOPS_BY_SUGGESTION_MAX) return [unroutable(state.facts, { reason: 'hop-limit', ...why }, facts)];
  if (!isGoodSuggestion(state, suggestedOffice, facts)) {
    return [unroutable(state.facts, { reason: 'returned', ...why }, facts)];
  }
  const choice = { office: suggestedOffice, rule: 'returned-suggestion', need: state.need, hop };
  return given(state.facts, { ...choice, decidedBy: 'rule' }, facts);
}

/** Gives a waiting case to the office that a dispatcher names, even to one that had it before. */
export function dispatch(state: Case, { office, reasonCode }: Dispatch, facts: Facts): readonly RoutingEvent[] {
  if (state.status === 'unknown') throw refuse('case-unknown');
  if (state.status === 'routed') throw refuse('case-not-waiting');
  if (!facts.catalogue.office(office)) throw refuse('office-not-valid');
  const need = pressingNeed(state.facts.needs);
  return given(state.facts, { office, rule: reasonCode, need, hop: state.hop, decidedBy: 'dispatcher' }, facts);
}

function isGoodSuggestion(state: RoutedCase, code: string | undefined, facts: Facts): code is string {
  const office = code === undefined ? undefined : facts.catalogue.office(code);
  return office !== undefined && !state.tried.includes(office.code) && takesNow(office, state.need, facts.at);
}

interface Assigned {
  readonly office: string;
  readonly rule: string;
  readonly need: string;
  readonly hop: number;
  readonly decidedBy: 'rule' | 'dispatcher';
  readonly alternatives?: string[];
}

/** An office owns the case, and finds it in its inbox: the two are decided together. */
function given(known: CaseFacts, assigned: Assigned, { catalogue, legId }: Facts): readonly RoutingEvent[] {
  const { office, hop } = assigned;
  const versions = { rulesVersion: RULES_VERSION, officesVersion: catalogue.version };
  return [
    { type: 'CaseRouted', data: { ...known, ...assigned, ...versions, legId } },
    { type: 'CaseOffered', data: { ...known, office, legId, hop } },
  ];
}

interface Unroutable {
  readonly reason: 'no-area' | 'no-office' | 'returned' | 'hop-limit';
  readonly hop: number;
  readonly returnedBy?: string;
  readonly returnReason?: ReturnReason;
  readonly suggestedOffice?: string;
}

function unroutable(known: CaseFacts, why: Unroutable, { catalogue }: Facts): RoutingEvent {
  const versions = { rulesVersion: RULES_VERSION, officesVersion: catalogue.version };
  return { type: 'CaseUnroutable', data: { ...known, ...why, ...versions } };
}
