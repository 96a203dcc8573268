import type { DecidedEvent, Envelope, Topic } from '@tiepsuc/contracts';
import type { RowChange } from './rows.js';

/** Fields of an event's envelope that whatever follows from it names. */
export interface EventOrigin {
  readonly eventId: string;
  readonly correlationId: string;
  readonly traceparent?: string;
}

/** Fields of an event's envelope that a fold may need. */
export interface EventMetadata {
  /** When it was recorded, RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly actor: string;
  readonly sequence: number;
  /** Absent where there is no record, as in tests of decisions. */
  readonly origin?: EventOrigin;
  /** True for a drill, else absent. A stream that began as a drill stays one. */
  readonly exercise?: boolean;
}

/** @param exercise of the stream, not only of this record */
export function metadataOf(envelope: Envelope, exercise: boolean | undefined): EventMetadata {
  const { time, actor, sequence, id: eventId, correlationid: correlationId, traceparent } = envelope;
  return { time, actor, sequence: Number(sequence), exercise, origin: { eventId, correlationId, traceparent } };
}

/**
 * One kind of aggregate: a request, a case, a leg. Its state is the fold of its events, and the rows that queries read
 * are a projection of the state. All functions are pure and synchronous, so that a replay of the events gives the same
 * bytes.
 */
export interface Aggregate<State extends object, E extends DecidedEvent> {
  /** Name of the kind, for example `case`. Changing it loses the stored states. */
  readonly kind: string;
  /** The events that the state is folded from; the topic's subject is the aggregate's key. */
  readonly topic: Topic;
  /** Topics of further events that are decided together with these but do not change the state. */
  readonly also?: readonly Topic[];
  readonly initial: State;
  /** Never throws. Called with the events of `topic` only. */
  evolve(state: State, event: E, recorded: EventMetadata): State;
  /** The projection: rows for this state, replacing those of the state before. */
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
