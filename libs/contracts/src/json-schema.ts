import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { EventClass } from './topic.js';

/** A JSON Schema (draft 2020-12) of an object. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}

const schemas = new WeakMap<EventClass, ObjectSchema>();

/**
 * The JSON Schema of an event's data, from its class-validator declarations and those of the classes it extends.
 * Unknown fields are allowed: readers are tolerant.
 * @throws Error for a class without any declared field: a mistake in the code, not in the input.
 */
export function schemaOf(event: EventClass): ObjectSchema {
  let schema = schemas.get(event);
  if (!schema) schemas.set(event, (schema = declaredSchema(event)));
  return schema;
}

function declaredSchema(event: EventClass): ObjectSchema {
  const found = targetConstructorToSchema(event) as Partial<ObjectSchema>;
  if (!found.properties) throw new Error(`${event.name} declares no fields`);
  return found as ObjectSchema;
}
