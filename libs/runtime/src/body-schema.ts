import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { getMetadataStorage, MATCHES, ValidationTypes } from 'class-validator';

/** A class whose fields are declared with class-validator. */
export type BodyClass<Body extends object = object> = new (...args: never[]) => Body;

export type JsonSchema = { readonly [keyword: string]: unknown };

export interface ObjectSchema extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Schemas by class name, as they stand under `#/components/schemas/` of an OpenAPI document. */
export type NamedSchemas = Record<string, ObjectSchema>;

export const SCHEMA_PREFIX = '#/components/schemas/';

type Converted = { type?: 'array' | 'string'; items?: { $ref: string }; $ref?: string; pattern?: string };
type ValidationMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/**
 * The JSON Schemas of the classes and of everything nested in them (`@ValidateNested` with `@Type`). Fields that
 * no class declares are refused. Two different classes of one name cannot stand in one document.
 */
export function schemasOf(
  classes: Iterable<BodyClass>,
  describe: (Class: BodyClass, schema: ObjectSchema) => ObjectSchema = (_, schema) => schema,
): NamedSchemas {
  const found = new Map<string, BodyClass>();
  const schemas: NamedSchemas = {};
  const waiting = [...classes];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const before = found.get(next.name);
    if (before === next) continue;
    if (before) throw new Error(`Two classes are named ${next.name}: name one of them otherwise.`);
    found.set(next.name, next);
    const { schema, nested } = schemaOf(next);
    schemas[next.name] = describe(next, schema);
    waiting.push(...nested);
  }
  return schemas;
}

export function referenceTo(Class: BodyClass): { $ref: string } {
  return { $ref: SCHEMA_PREFIX + Class.name };
}

function schemaOf(Class: BodyClass): { schema: ObjectSchema; nested: ReadonlySet<BodyClass> } {
  const nested = new Set<BodyClass>();
  const schema = targetConstructorToSchema(Class, {
    classValidatorMetadataStorage: getMetadataStorage(),
    refPointerPrefix: SCHEMA_PREFIX,
    additionalConverters: {
      [ValidationTypes.NESTED_VALIDATION]: (meta: ValidationMetadata) => nestedSchema(meta, nested),
      [MATCHES]: patternSchema,
    },
  });
  if (!schema.properties) throw new Error(`${Class.name} declares no fields, so nothing could be checked.`);
  return { schema: { ...schema, additionalProperties: false } as unknown as ObjectSchema, nested };
}

function nestedSchema(meta: ValidationMetadata, nested: Set<BodyClass>): Converted {
  const declared: unknown = Reflect.getMetadata('design:type', (meta.target as BodyClass).prototype, meta.propertyName);
  const child = (defaultMetadataStorage.findTypeMetadata(meta.target as BodyClass, meta.propertyName)?.typeFunction() ??
    declared) as BodyClass;
  if (typeof child !== 'function' || [Array, Object].some((one) => (child as unknown) === one)) {
    throw new Error(`${(meta.target as BodyClass).name}.${meta.propertyName} needs @Type(() => …) to be checked.`);
  }
  nested.add(child);
  return declared === Array && !meta.each ? { type: 'array', items: referenceTo(child) } : referenceTo(child);
}

/** JSON Schema has no flags, so a pattern that means something else without its flags is a mistake. */
function patternSchema(meta: ValidationMetadata): Converted {
  const pattern = meta.constraints[0] as RegExp;
  if (/[gimsy]/.test(pattern.flags)) {
    throw new Error(`The pattern of ${meta.propertyName} has flags, which JSON Schema cannot say: write it without.`);
  }
  return { type: 'string', pattern: pattern.source };
}
