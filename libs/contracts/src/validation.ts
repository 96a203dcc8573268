import { Ajv, type ValidateFunction } from 'ajv';
import { eventOfType } from './catalogue.js';
import { Undecodable } from './envelope.js';
import { schemaOf } from './json-schema.js';

const ajv = new Ajv({ allErrors: false, strict: false, validateFormats: false });
const validators = new Map<string, ValidateFunction>();

/**
 * Checks an event's data against its declaration, compiled once per type.
 * @throws Undecodable naming the field, never its content.
 */
export function validateEvent(type: string, data: object): void {
  const validate = validators.get(type) ?? compile(type);
  if (validate(data)) return;
  const error = validate.errors?.[0];
  const field = error?.instancePath.replaceAll('/', '.') || '.';
  throw new Undecodable('bad-data', `${type}: data${field} ${error?.message ?? 'is not valid'}`);
}

function compile(type: string): ValidateFunction {
  const entry = eventOfType(type);
  if (!entry) throw new Undecodable('unknown-type', `${type} is not a type that this version knows`);
  const compiled = ajv.compile(schemaOf(entry.event));
  validators.set(type, compiled);
  return compiled;
}
