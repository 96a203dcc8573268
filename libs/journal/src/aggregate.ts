import type { DecidedEvent, Topic } from '@tiepsuc/contracts';
import type { RowChange } from './rows.js';

/** What the envelope of an event says that a fold may need. */
export interface EventMetadata {
  /** When it was recorded, RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly actor: string;
  readonly sequence: number;
  /** It is part of a drill; absent when it is not. What began as a drill stays one, whoever says something later. */
  readonly exercise?: boolean;
}

/**
 * One kind of thing that a service remembers: a request, a case, a leg. Its events are its truth; the state
 * is their fold, and the rows that people query are drawn from the state. All functions are pure and
 * synchronous, so that a replay of the events gives the same bytes.
 */
export interface Aggregate<State extends object, E extends DecidedEvent> {
  /** Name of the kind, for example `case`. Changing it loses the link to what was remembered. */
  readonly kind: string;
  /** The events that make the state; the topic's subject is the aggregate's key. */
  readonly topic: Topic;
  /** Topics of further events that are decided together with these but do not change the state. */
  readonly also?: readonly Topic[];
  readonly initial: State;
  /** Never throws. Called with the events of `topic` only. */
  evolve(state: State, event: E, recorded: EventMetadata): State;
  /** The rows that show this state, replacing those it showed before. */
  project?(state: State, key: string, recorded: EventMetadata): readonly RowChange[];
}

/** Any aggregate, where the kind does not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- State is both read and written; `any` is its only supertype.
export type AnyAggregate = Aggregate<any, any>;

/** Declares an aggregate; a no-op that lets the compiler infer State and events. */
export function aggregate<State extends object, E extends DecidedEvent>(
  declaration: Aggregate<State, E>,
): Aggregate<State, E> {
  return declaration;
}
