import { hash as digest } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { ID_PATTERN, INSTANT_PATTERN } from './fields.js';

/** Format of a record's value: one structured CloudEvents 1.0 document in canonical JSON, UTF-8. */
export const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** A CloudEvents 1.0 document as this project writes it. Attribute names are lower-case and values scalar, as CloudEvents demands. */
export interface Envelope {
  readonly specversion: '1.0';
  /** UUIDv7, unique for ever. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** When it was recorded, RFC 3339 UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly partitionkey: string;
  /** Gap-free per source and subject, from 1, twelve digits. */
  readonly sequence: string;
  /** SHA-256 in hex of the value bytes of the same stream's previous record; absent on the first. */
  readonly prevhash?: string;
  readonly correlationid: string;
  /** The event, or the request of a person, that this follows from. */
  readonly causationid?: string;
  readonly traceparent?: string;
  /** Who caused it: `citizen`, `system:<service>`, `operator:<account>`, `office:<code>:<account>` … never a name. */
  readonly actor: string;
  /** When it happened, if that was before it was recorded (a call, a paper form). */
  readonly occurredat?: string;
  /** A drill is never a real figure. */
  readonly exercise?: true;
  readonly data: object;
}

/** The one and only serialisation of an event: journal, event log and audit carry these bytes. */
export function encodeEnvelope(envelope: Envelope): Buffer {
  return Buffer.from(canonicalJson(envelope), 'utf8');
}

/** SHA-256 in hex of a record's value. */
export function recordHash(value: Uint8Array): string {
  return digest('sha256', value, 'hex');
}

export const SEQUENCE_DIGITS = 12;
export const SEQUENCE_PATTERN = /^(?!0{12})\d{12}$/;

export function sequenceText(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

/** The attributes that travel as headers too, each as `ce_<name>`. */
export const MIRRORED_ATTRIBUTES = [
  'id',
  'source',
  'type',
  'subject',
  'time',
  'sequence',
  'partitionkey',
  'correlationid',
] as const;

/** Copies of attributes as Kafka headers, for routing without parsing. They are part of no hash. */
export function headersOf(envelope: Envelope): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': CONTENT_TYPE, ce_specversion: envelope.specversion };
  for (const name of MIRRORED_ATTRIBUTES) headers[`ce_${name}`] = envelope[name];
  if (envelope.traceparent) headers['traceparent'] = envelope.traceparent;
  return headers;
}

/** Why a record's value is not one of our events. The message names the attribute or field, never its content. */
export class Undecodable extends Error {
  constructor(
    readonly reason: 'not-json' | 'bad-envelope' | 'unknown-type' | 'bad-data',
    message: string,
  ) {
    super(message);
    this.name = 'Undecodable';
  }
}

/** Attributes are names and codes; a longer one is a mistake, and would be mirrored in every header. */
const ATTRIBUTE_CHARS_MAX = 400;

const REQUIRED = ['source', 'type', 'subject', 'partitionkey', 'correlationid', 'actor'] as const;
const OPTIONAL = ['prevhash', 'causationid', 'traceparent', 'occurredat'] as const;
const FORMED: readonly (readonly [name: string, pattern: RegExp, form: string])[] = [
  ['id', ID_PATTERN, 'a UUID in lower case'],
  ['time', INSTANT_PATTERN, 'a moment in UTC with milliseconds'],
  ['sequence', SEQUENCE_PATTERN, 'twelve digits, from 1'],
];

/**
 * Parses a record's value and checks its attributes. Attributes that this version does not know are kept; the
 * event's own fields are `validateEvent`'s business. @throws Undecodable
 */
export function decodeEnvelope(value: Uint8Array): Envelope {
  const parsed = parseObject(value);
  if (parsed['specversion'] !== '1.0') throw new Undecodable('bad-envelope', 'attribute specversion is not 1.0');
  for (const name of REQUIRED) {
    const text = parsed[name];
    if (typeof text !== 'string' || text === '') {
      throw new Undecodable('bad-envelope', `attribute ${name} is missing or not a text`);
    }
    checkText(name, text);
  }
  for (const [name, pattern, form] of FORMED) {
    const text = parsed[name];
    if (typeof text !== 'string' || !pattern.test(text)) {
      throw new Undecodable('bad-envelope', `attribute ${name} is not ${form}`);
    }
  }
  for (const name of OPTIONAL) {
    const text = parsed[name];
    if (text === undefined) continue;
    if (typeof text !== 'string') throw new Undecodable('bad-envelope', `attribute ${name} is not a text`);
    checkText(name, text);
  }
  if (parsed['exercise'] !== undefined && parsed['exercise'] !== true) {
    throw new Undecodable('bad-envelope', 'attribute exercise is not true');
  }
  if (!isObject(parsed['data'])) throw new Undecodable('bad-envelope', 'data is missing or not an object');
  return parsed as unknown as Envelope;
}

/** What no database column and no header takes is refused here, where it still concerns one record alone. */
function checkText(name: string, text: string): void {
  if (text.length <= ATTRIBUTE_CHARS_MAX && !text.includes('\0') && text.isWellFormed()) return;
  throw new Undecodable(
    'bad-envelope',
    `attribute ${name} is not a plain text of up to ${ATTRIBUTE_CHARS_MAX} characters`,
  );
}

function parseObject(value: Uint8Array): Record<string, unknown> {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    // Without the parser's error as cause: its message quotes the text, and what a record holds is never logged.
    throw new Undecodable('not-json', 'the value is not JSON');
  }
  if (!isObject(parsed)) throw new Undecodable('not-json', 'the value is not a JSON object');
  return parsed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
