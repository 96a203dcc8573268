import type { LocalizedText } from '@tiepsuc/contracts';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { schemasOf, SCHEMA_PREFIX, type BodyClass } from './body-schema.js';
import { Problem, type FieldError } from './problem.js';

/** Maximum mistakes reported in one answer. */
const ERRORS_MAX = 20;
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const LONG_NUMBER = /\d{5}/;
const MAP_PATH_SEGMENTS_MAX = 20;

/** Returns what it was given, checked; it is a plain object, not an instance of the class. */
export type Check<Body> = (given: unknown) => Body;

interface CheckOptions {
  /** Texts become numbers, booleans and lists where the class says so: for queries, where everything is a text. */
  readonly fromText?: boolean;
  /** What the whole is called in an error that is about no single field. */
  readonly whole: string;
}

/**
 * Compiles the class's rules once; a check then costs about a microsecond.
 * @throws Problem (from the check) 422 with up to 20 `errors`, naming fields and rules, never values
 */
export function compileCheck<Body extends object>(Class: BodyClass<Body>, options: CheckOptions): Check<Body> {
  let validate: ValidateFunction | undefined;
  return (given) => {
    validate ??= compiled(Class, options.fromText ?? false);
    if (validate(given)) return given as Body;
    const errors = (validate.errors ?? []).filter(saysSomething).slice(0, ERRORS_MAX);
    throw new Problem({ status: 422, code: 'not-valid', errors: errors.map((one) => fieldError(one, options.whole)) });
  };
}

function compiled(Class: BodyClass, fromText: boolean): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: fromText ? 'array' : false,
    strictTypes: false,
    strictRequired: false,
    formats: FORMATS,
    keywords: ['components'],
  });
  return ajv.compile({ $ref: SCHEMA_PREFIX + Class.name, components: { schemas: schemasOf([Class]) } });
}

/** The formats that schemas may name. */
export const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  email: /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/,
  url: /^https?:\/\/[^\s]+$/,
  uuid: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
};

/** Of the branches of a choice only the choice itself is told. */
function saysSomething({ keyword, schemaPath }: ErrorObject): boolean {
  return keyword === 'oneOf' || keyword === 'anyOf' || !/\/(oneOf|anyOf)\/\d+\//.test(schemaPath);
}

function fieldError(error: ErrorObject, whole: string): FieldError {
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const inside = missingProperty ?? (additionalProperty === undefined ? undefined : nameable(additionalProperty));
  const path = error.instancePath.split('/').slice(1, MAP_PATH_SEGMENTS_MAX);
  const field = [...path, ...(inside ? [inside] : [])].reduce(appended, '');
  return { field: field || whole, ...(SAYINGS[error.keyword] ?? OTHERWISE)(error.params) };
}

function appended(path: string, segment: string): string {
  if (/^\d+$/.test(segment)) return `${path}[${segment}]`;
  const name = nameable(segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return path ? `${path}.${name}` : name;
}

/** A field's name that is no word could be something a person wrote, so it is not repeated. */
function nameable(name: string): string {
  return FIELD_NAME.test(name) && !LONG_NUMBER.test(name) ? name : '?';
}

type Saying = (params: Record<string, unknown>) => { message: LocalizedText; remedy: LocalizedText };

const saying = (message: LocalizedText, remedy: LocalizedText) => ({ message, remedy });

const TYPES: Readonly<Record<string, LocalizedText>> = {
  string: { vi: 'chữ', en: 'text' },
  number: { vi: 'số', en: 'a number' },
  integer: { vi: 'số nguyên', en: 'a whole number' },
  boolean: { vi: 'true hoặc false', en: 'true or false' },
  array: { vi: 'danh sách', en: 'a list' },
  object: { vi: 'đối tượng JSON', en: 'a JSON object' },
};

const OTHERWISE: Saying = () =>
  saying({ vi: 'Chưa đúng.', en: 'Not valid.' }, { vi: 'Xem mô tả ở /docs.', en: 'See the description at /docs.' });

const bound =
  (vi: string, en: string): Saying =>
  ({ limit }) =>
    saying(
      { vi: `Ngoài giới hạn cho phép.`, en: 'Out of the allowed range.' },
      { vi: `${vi} ${String(limit)}.`, en: `${en} ${String(limit)}.` },
    );

const SAYINGS: Readonly<Record<string, Saying>> = {
  required: () =>
    saying({ vi: 'Thiếu trường này.', en: 'This field is missing.' }, { vi: 'Hãy thêm vào.', en: 'Add it.' }),
  additionalProperties: () =>
    saying(
      { vi: 'Không có trường này.', en: 'There is no such field.' },
      { vi: 'Bỏ đi hoặc sửa lại tên.', en: 'Leave it out or correct its name.' },
    ),
  type: ({ type }) => {
    const wanted = TYPES[String(type)] ?? { vi: String(type), en: String(type) };
    return saying(
      { vi: 'Sai kiểu.', en: 'Of the wrong type.' },
      { vi: `Cần ${wanted.vi}.`, en: `It must be ${wanted.en}.` },
    );
  },
  enum: ({ allowedValues }) => {
    const values = (allowedValues as readonly unknown[]).join(', ');
    return saying(
      { vi: 'Không thuộc danh sách cho phép.', en: 'Not one of the allowed values.' },
      { vi: `Chọn một trong: ${values}.`, en: `Use one of: ${values}.` },
    );
  },
  pattern: ({ pattern }) =>
    saying(
      { vi: 'Viết chưa đúng dạng.', en: 'Not in the expected form.' },
      { vi: `Phải khớp với ${String(pattern)}.`, en: `It must match ${String(pattern)}.` },
    ),
  format: ({ format }) =>
    saying(
      { vi: 'Viết chưa đúng dạng.', en: 'Not in the expected form.' },
      { vi: `Cần dạng ${String(format)}.`, en: `It must be a ${String(format)}.` },
    ),
  minimum: bound('Ít nhất là', 'At least'),
  maximum: bound('Nhiều nhất là', 'At most'),
  exclusiveMinimum: bound('Phải lớn hơn', 'Greater than'),
  exclusiveMaximum: bound('Phải nhỏ hơn', 'Less than'),
  minLength: bound('Số ký tự ít nhất:', 'Characters, at least'),
  maxLength: bound('Số ký tự nhiều nhất:', 'Characters, at most'),
  minItems: bound('Số mục ít nhất:', 'Items, at least'),
  maxItems: bound('Số mục nhiều nhất:', 'Items, at most'),
  uniqueItems: () =>
    saying(
      { vi: 'Có mục bị trùng.', en: 'An item is repeated.' },
      { vi: 'Bỏ mục trùng.', en: 'Leave out repetitions.' },
    ),
};
