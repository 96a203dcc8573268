import { Ajv } from 'ajv';
import { FORMATS } from './body-check.js';
import { schemasOf, SCHEMA_PREFIX, type BodyClass, type ObjectSchema } from './body-schema.js';
import type { ApiSources } from './api-sources.js';

type Classes = ReadonlyMap<string, BodyClass>;
type Property = ObjectSchema['properties'][string];

/**
 * Examples of bodies, with the fields that are required and those whose doc comment has an `@example`. What has none
 * is as in a golden sample that has a field of the same name which fits.
 */
export class ApiExamples {
  private readonly ajv = new Ajv({ strict: false, formats: FORMATS });

  constructor(private readonly sources: ApiSources) {}

  /** @throws Error for a required field that has neither, naming it */
  of(Class: BodyClass): object {
    const classes = new Map<string, BodyClass>();
    schemasOf([Class], (one, schema) => (classes.set(one.name, one), schema));
    return this.objectOf(Class, classes);
  }

  private objectOf(Class: BodyClass, classes: Classes): object {
    const { properties, required = [] } = schemasOf([Class])[Class.name]!;
    const entries = Object.entries(properties).map(([field, property]) => {
      const isRequired = required.includes(field);
      const value = this.valueOf(Class, field, { property, classes, isRequired });
      if (value === undefined && isRequired)
        throw new Error(`${Class.name}.${field} has no example: add @example to its doc comment.`);
      return [field, value] as const;
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  private valueOf(
    Class: BodyClass,
    field: string,
    { property, classes, isRequired }: { property: Property; classes: Classes; isRequired: boolean },
  ): unknown {
    const told = this.sources.comments.of(Class, field)?.example;
    if (told !== undefined) return JSON.parse(told);
    const nested = nestedIn(property, classes);
    if (nested) {
      const value = this.objectOf(nested, classes);
      if (Object.keys(value).length === 0) return undefined;
      return property['type'] === 'array' ? [value] : value;
    }
    if (!isRequired) return undefined;
    const fits = this.ajv.compile(property);
    return this.sources.samples.get(field)?.find((value) => fits(value));
  }
}

function nestedIn(property: Property, classes: Classes): BodyClass | undefined {
  const { $ref } = (property['items'] ?? property) as { $ref?: string };
  return $ref === undefined ? undefined : classes.get($ref.slice(SCHEMA_PREFIX.length));
}
