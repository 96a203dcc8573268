import { eventNamed, type DecidedEvent, type EventClass, type Received } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Aggregate, AnyAggregate, DecisionContext, Statement } from '@tiepsuc/journal';

/** Derives the aggregate's key from an event; pure, so that a duplicate of the event finds the same one. */
export type KeyOf<Data extends object> = (event: Pick<Received<Data>, 'id' | 'data'>) => string;

/** A reaction: the event, the aggregate it may change, and the pure method that decides. */
export interface Reaction {
  readonly type: string;
  readonly aggregate: AnyAggregate;
  /** Key of the aggregate that the event concerns. */
  readonly key: KeyOf<object>;
  decide(state: object, received: Received<object>, moment: DecisionContext): readonly DecidedEvent[];
}

/** Gets every record of its group's topics, readable or not, and returns the statement that keeps them. */
export type RecordReaction = (records: readonly LogRecord[]) => Statement;

type Declared = {
  readonly event: EventClass;
  readonly aggregate: AnyAggregate;
  readonly key: KeyOf<object>;
  readonly method: string;
};

const reactions = new WeakMap<object, Declared[]>();
const recordReactions = new WeakMap<object, string>();

/**
 * Reacts to an event: `@On(CaseOffered, { aggregate: legs, key: 'legId' })`. The method is pure and synchronous;
 * it gets the state of the aggregate that `key` names and returns the events that follow, [] for nothing. It
 * runs in a transaction with many others and never sees the batch. A Refusal or any other error parks the case.
 * `key` is a field of the event or, for an aggregate that no field names, a function of the event's id and data.
 */
export function On<Data extends object, State extends object, E extends DecidedEvent>(
  event: EventClass<Data>,
  { aggregate, key }: { readonly aggregate: Aggregate<State, E>; readonly key: (keyof Data & string) | KeyOf<Data> },
) {
  return <Method extends (state: State, received: Received<Data>, moment: DecisionContext) => readonly E[]>(
    target: object,
    method: string,
    _descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const declared = reactions.get(target) ?? [];
    declared.push({ event, aggregate, key: (typeof key === 'string' ? fieldOf(key) : key) as KeyOf<object>, method });
    reactions.set(target, declared);
  };
}

function fieldOf(field: string): KeyOf<object> {
  return ({ data }) => (data as Record<string, string>)[field] as string;
}

/** Keeps every record of the group's topics: for audit. One per service, instead of `@On`. */
export function OnEveryRecord() {
  return (target: object, method: string, _descriptor: TypedPropertyDescriptor<RecordReaction>): void =>
    void recordReactions.set(target, method);
}

/** The reactions that a provider declares, bound to it. */
export function reactionsOf(provider: object): Reaction[] {
  const declared = reactions.get(Object.getPrototypeOf(provider) as object) ?? [];
  return declared.map(({ event, aggregate, key, method }) => ({
    type: eventNamed(event.name).type,
    aggregate,
    key,
    decide: ((provider as Record<string, Reaction['decide']>)[method] as Reaction['decide']).bind(provider),
  }));
}

/** The record reaction that a provider declares, bound to it. */
export function recordReactionOf(provider: object): RecordReaction | undefined {
  const method = recordReactions.get(Object.getPrototypeOf(provider) as object);
  return method === undefined ? undefined : (provider as Record<string, RecordReaction>)[method]?.bind(provider);
}
