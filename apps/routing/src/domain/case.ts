import {
  CaseFacts,
  pickDeclared,
  type ReturnReason,
  type RoutingEvent,
  type UnroutableReason,
} from '@tiepsuc/contracts';
import type { EventMetadata } from '@tiepsuc/journal';

/** An office was chosen. */
export interface RoutedStep {
  readonly kind: 'routed';
  readonly at: string;
  readonly actor: string;
  readonly office: string;
  readonly legId: string;
  readonly hop: number;
  readonly decidedBy: 'rule' | 'dispatcher';
  readonly rule: string;
  readonly rulesVersion: string;
  readonly officesVersion: string;
  readonly need: string;
  readonly alternatives?: readonly string[];
}

/** The rules could not choose. */
export interface WaitingStep {
  readonly kind: 'waiting';
  readonly at: string;
  readonly actor: string;
  readonly hop: number;
  readonly reason: UnroutableReason;
  readonly returnedBy?: string;
  readonly returnReason?: ReturnReason;
  readonly suggestedOffice?: string;
}

export type Step = RoutedStep | WaitingStep;

/** A state is rewritten with each decision, so it must not grow for ever; the journal keeps them all. */
const HISTORY_MAX = 200;

interface Known {
  /** What every later offer of the case must say. */
  readonly facts: CaseFacts;
  /** The decisions about the case, oldest first; of very many only the last. */
  readonly history: readonly Step[];
  /** Offices that had the case or have it, each once, in the order they got it. */
  readonly tried: readonly string[];
  /** When it came into this status. */
  readonly since: string;
  readonly hop: number;
}

export interface RoutedCase extends Known {
  readonly status: 'routed';
  readonly office: string;
  readonly legId: string;
  readonly need: string;
}

export interface WaitingCase extends Known {
  readonly status: 'waiting-for-dispatcher';
  readonly reason: UnroutableReason;
  readonly returnedBy?: string;
  readonly returnReason?: ReturnReason;
  readonly suggestedOffice?: string;
}

/** A case as routing sees it. */
export type Case = { readonly status: 'unknown' } | RoutedCase | WaitingCase;

export const unknownCase: Case = { status: 'unknown' };

/** The case after one more of its events. */
export function evolve(before: Case, event: RoutingEvent, { time, actor }: EventMetadata): Case {
  const history = before.status === 'unknown' ? [] : before.history.slice(1 - HISTORY_MAX);
  const tried = before.status === 'unknown' ? [] : before.tried;
  switch (event.type) {
    case 'CaseRouted': {
      const { office, legId, hop, need, decidedBy, rule, rulesVersion, officesVersion, alternatives } = event.data;
      const explained = { office, legId, hop, decidedBy, rule, rulesVersion, officesVersion, need, alternatives };
      return {
        status: 'routed',
        facts: pickDeclared(CaseFacts, event.data),
        history: [...history, { kind: 'routed', at: time, actor, ...explained }],
        tried: tried.includes(office) ? tried : [...tried, office],
        since: time,
        hop,
        office,
        legId,
        need,
      };
    }
    case 'CaseUnroutable': {
      const { hop, reason, returnedBy, returnReason, suggestedOffice } = event.data;
      const why = { reason, returnedBy, returnReason, suggestedOffice };
      return {
        status: 'waiting-for-dispatcher',
        facts: pickDeclared(CaseFacts, event.data),
        history: [...history, { kind: 'waiting', at: time, actor, hop, ...why }],
        tried,
        since: time,
        hop,
        ...why,
      };
    }
    case 'CaseOffered':
      return before;
  }
}
