/**
 * The grammar of our events. The vocabulary is in the `*.events.ts` files beside this one.
 *
 * A topic says who publishes on it, what orders it and every event that it may carry. Its name and its
 * source may contain `{field}`, filled from the event: one declaration serves every office.
 */

/** A class that declares the fields of an event with class-validator. */
export type EventClass<Data extends object = object> = (new () => Data) & { readonly name: string };

export interface Topic<
  Name extends string = string,
  Events extends Record<string, EventClass> = Record<string, EventClass>,
> {
  /** For example `relief.office.{office}.inbox.v1`. Changing it orphans everything published so far. */
  readonly name: Name;
  /** Fixed for ever at creation: the partition of a key depends on it. */
  readonly partitions: number;
  /** Who says it: the CloudEvents `source`, for example `/tiepsuc/routing`. */
  readonly source: string;
  /** The field whose value orders the records of the topic: the case, wherever there is one. */
  readonly key: string;
  /** The field that names the aggregate: its events are numbered without a gap. One subject stays on one topic. */
  readonly subject: string;
  readonly meaning: string;
  readonly events: Events;
}

type AnyOf<Events extends Record<string, EventClass>> = InstanceType<Events[keyof Events]>;

/** The names of the texts that every one of the events must carry. */
type FieldOfAll<Events extends Record<string, EventClass>> = {
  [Field in keyof AnyOf<Events>]: AnyOf<Events>[Field] extends string ? Field : never;
}[keyof AnyOf<Events>] &
  string;

/** Declares a topic; the compiler checks that key and subject are required texts of every one of its events. */
export function topic<const Name extends string, const Events extends Record<string, EventClass>>(
  declaration: Topic<Name, Events> & {
    readonly key: FieldOfAll<Events>;
    readonly subject: FieldOfAll<Events>;
  },
): Topic<Name, Events> {
  for (const name of Object.keys(declaration.events)) {
    if (declaration.events[name]?.name !== name)
      throw new Error(`${declaration.name}: ${name} must be the class's own name`);
  }
  return declaration;
}

/** The union of the events of topics, for exhaustive `switch`es over `type`. */
export type EventOf<T extends { readonly events: Record<string, EventClass> }> = T extends unknown
  ? {
      [Type in keyof T['events'] & string]: {
        readonly type: Type;
        readonly data: Readonly<InstanceType<T['events'][Type]>>;
      };
    }[keyof T['events'] & string]
  : never;

/** An event that was decided, before it has an envelope. */
export interface DecidedEvent {
  readonly type: string;
  readonly data: object;
}

/** An event as a reaction gets it: validated, with what its envelope says. */
export interface Received<Data extends object> {
  readonly data: Readonly<Data>;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly sequence: number;
  /** When the publisher recorded it, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly correlationId: string;
  readonly actor: string;
  readonly exercise: boolean;
  readonly traceparent?: string;
}

/** Fills the `{field}` parts of a topic's name or source from an event's fields. */
export function fill(pattern: string, fields: object): string {
  return pattern.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = (fields as Record<string, unknown>)[field];
    if (typeof value !== 'string' || !/^[a-z0-9-]+$/.test(value)) {
      throw new Error(`${pattern}: field ${field} must be lower-case letters, digits and dashes`);
    }
    return value;
  });
}
