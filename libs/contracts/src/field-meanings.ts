import { readdirSync, readFileSync } from 'node:fs';
import type { EventClass } from './topic.js';

const SOURCES = new URL('../src/', import.meta.url);
const CLASS = /\bclass (\w+)/g;
/** A doc comment, the declarations of one field and its name. `@Event` belongs to a class, not to a field. */
const FIELD = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*@(?!Event\b)\w+\([^;]*?\)\s*(\w+)[!?]:/g;

let meanings: ReadonlyMap<string, string> | undefined;

/**
 * What an event's field means, for the generated documents: its doc comment, which is the one place where it is
 * explained. A field without a comment means what the fields of the same name mean, if they all say the same.
 * Reads the sources, so it works in the repository only.
 */
export function meaningOf(event: EventClass, field: string): string | undefined {
  meanings ??= readMeanings();
  for (let at: unknown = event; typeof at === 'function' && at.name !== ''; at = Object.getPrototypeOf(at)) {
    const found = meanings.get(`${at.name}.${field}`);
    if (found) return found;
  }
  const named = [...meanings].filter(([name]) => name.endsWith(`.${field}`)).map(([, meaning]) => meaning);
  return new Set(named).size === 1 ? named[0] : undefined;
}

function readMeanings(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(SOURCES).filter((name) => /(\.events|case-facts)\.ts$/.test(name))) {
    const source = readFileSync(new URL(file, SOURCES), 'utf8');
    const classes = [...source.matchAll(CLASS)];
    for (const { index, 1: comment = '', 2: field } of source.matchAll(FIELD)) {
      const owner = classes.findLast((one) => one.index < index)?.[1];
      found.set(`${owner}.${field}`, oneLine(comment));
    }
  }
  return found;
}

function oneLine(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s*/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
}
