import { readdirSync, readFileSync } from 'node:fs';
import { decodeEnvelope } from './envelope.js';
import { declarationOf } from './event-type.js';
import type { EventClass } from './topic.js';

/** Relative to the library, whether this runs from src/ or from dist/. */
const FOLDER = new URL('../samples/', import.meta.url);

/** A record's value exactly as it was once published. */
export interface Sample {
  /** For example `relief.case.routed.v1.1.json`. */
  readonly file: string;
  /** The CloudEvents type, as the file's name says it. */
  readonly type: string;
  readonly number: number;
  readonly value: Buffer;
}

/** Every golden sample, by type and number. @throws Error for a file that is not named like one. */
export function goldenSamples(): readonly Sample[] {
  return readdirSync(FOLDER)
    .filter((file) => file !== 'README.md')
    .map(sampleOf)
    .sort((one, other) => (one.type === other.type ? one.number - other.number : one.type < other.type ? -1 : 1));
}

/** An event with a value in every field that any of its samples fills: what must survive wherever it is copied. */
export function filledSample<Data extends object>(event: EventClass<Data>): Data {
  const { type } = declarationOf(event);
  const ofType = goldenSamples().filter((sample) => sample.type === type);
  return Object.assign({}, ...ofType.reverse().map(({ value }) => decodeEnvelope(value).data)) as Data;
}

function sampleOf(file: string): Sample {
  const [, type, number] = /^(relief\.[a-z.]+\.v\d+)\.(\d+)\.json$/.exec(file) ?? [];
  if (!type) throw new Error(`samples/${file} is not named <CloudEvents type>.<number>.json`);
  return { file, type, number: Number(number), value: readFileSync(new URL(file, FOLDER)) };
}
