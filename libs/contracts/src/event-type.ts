import type { EventClass } from './topic.js';

interface Declared {
  readonly type: string;
  readonly meaning: string;
}

const declared = new WeakMap<EventClass, Declared>();

/** Gives an event class its CloudEvents type, for example `relief.case.routed.v1`, and its meaning in one sentence. */
export function Event(type: string, meaning: string) {
  if (!/^relief(\.[a-z]+)+\.v[1-9]\d*$/.test(type))
    throw new Error(`${type} is not of the form relief.<noun>.<fact>.v<n>`);
  return <T extends EventClass>(target: T): void => void declared.set(target, { type, meaning });
}

/** The CloudEvents type and the meaning of an event class. */
export function declarationOf(event: EventClass): Declared {
  const found = declared.get(event);
  if (!found) throw new Error(`${event.name} has no @Event declaration`);
  return found;
}
