import type { LocalizedText } from '@tiepsuc/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { Problem } from './problem.js';
import { routeSettingsOf } from './route-settings.js';

const FORM_FIELDS_MAX = 200;
const FORBIDDEN_KEYS = /"(?:__proto__|constructor)"\s*:|\\u00(?:5f|63)/i;

type Reader = (request: FastifyRequest, body: Buffer) => unknown;
type Done = (error: Error | null, body?: unknown) => void;

/**
 * Reads JSON, forms and plain text (CSV). What cannot be read is refused with 400 and the place, never with what
 * stands there. The size limit is the route's.
 */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const readers: readonly [string | string[] | RegExp, Reader][] = [
    ['application/json', jsonFrom],
    [/^application\/[a-z.-]+\+json/, jsonFrom],
    ['application/x-www-form-urlencoded', formFrom],
    [['text/plain', 'text/csv'], textFrom],
  ];
  for (const [type, read] of readers) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done: Done) =>
      finish(done, () => read(request, body)),
    );
  }
}

function finish(done: Done, parse: () => unknown): void {
  let body: unknown;
  try {
    body = parse();
  } catch (error) {
    return done(error as Error);
  }
  done(null, body);
}

function jsonFrom(request: FastifyRequest, body: Buffer): unknown {
  if (body.length === 0) throw unreadable(EMPTY);
  const text = textFrom(request, body);
  try {
    return FORBIDDEN_KEYS.test(text) ? JSON.parse(text, refuseForbiddenKeys) : JSON.parse(text);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable(errorLocation(error, text));
  }
}

/** A JSON key that would reach an object's prototype is no field of ours. */
function refuseForbiddenKeys(key: string, value: unknown): unknown {
  if (key === '__proto__' || key === 'constructor') throw unreadable(FORBIDDEN);
  return value;
}

/** A field that is given once is a text, one that is given more often a list. */
function formFrom(request: FastifyRequest, body: Buffer): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  const parameters = new URLSearchParams(textFrom(request, body));
  if (parameters.size > FORM_FIELDS_MAX) throw unreadable(TOO_MANY_FIELDS);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    fields[name] = values.length === 1 ? values[0]! : values;
  }
  return fields;
}

function textFrom(request: FastifyRequest, body: Buffer): string {
  if (!isUtf8(body)) throw unreadable(NOT_UTF8);
  if (routeSettingsOf(request).keepRawBody) Object.assign(request, { rawBody: body });
  return body.toString('utf8');
}

function unreadable(detail: LocalizedText): Problem {
  return new Problem({ status: 400, code: 'body-not-readable', detail });
}

/** The parser's message quotes the body; only the position in it is taken. */
function errorLocation(error: unknown, text: string): LocalizedText {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return {
    vi: `JSON sai tại dòng ${line}, cột ${column}.`,
    en: `The JSON is broken at line ${line}, column ${column}.`,
  };
}

const EMPTY: LocalizedText = { vi: 'Nội dung JSON bị trống.', en: 'The JSON body is empty.' };
const NOT_UTF8: LocalizedText = { vi: 'Nội dung không phải UTF-8.', en: 'The body is not UTF-8.' };
const FORBIDDEN: LocalizedText = {
  vi: 'JSON có tên trường không được phép.',
  en: 'The JSON has a field name that is refused.',
};
const TOO_MANY_FIELDS: LocalizedText = { vi: 'Biểu mẫu có quá nhiều trường.', en: 'The form has too many fields.' };
