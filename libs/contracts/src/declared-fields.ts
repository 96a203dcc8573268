import { schemaOf } from './json-schema.js';
import type { EventClass } from './topic.js';

const fields = new WeakMap<EventClass, readonly string[]>();

/** The fields that a class and those that it extends declare. Looked up once for each class. */
export function declaredFields<Data extends object>(declared: EventClass<Data>): readonly (keyof Data & string)[] {
  let names = fields.get(declared);
  if (!names) fields.set(declared, (names = Object.keys(schemaOf(declared).properties)));
  return names as readonly (keyof Data & string)[];
}

/**
 * The declared fields alone, out of something that carries more. Fields that say nothing are left out, so that a state
 * is the same before and after it was stored as JSON.
 */
export function pickDeclared<Data extends object, Carrier extends Partial<Data>>(
  declared: EventClass<Data>,
  carrier: Carrier,
): Pick<Carrier, Extract<keyof Carrier, keyof Data>> {
  const picked: Partial<Carrier> = {};
  for (const field of declaredFields(declared)) if (carrier[field] !== undefined) picked[field] = carrier[field];
  return picked as Pick<Carrier, Extract<keyof Carrier, keyof Data>>;
}
