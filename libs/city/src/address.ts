import { withoutCity } from './address-city.js';
import { houseAndStreet } from './address-street.js';
import { addressUnits } from './address-units.js';
import { addressWords } from './address-words.js';
import { UNIT_VERSIONS, unitsAsOf, unitsOf } from './unit-catalogue.js';
import type { Unit } from './unit.js';

/** UTF-16 units of an address that is read: any 500 characters. Of a longer one the end, which says where it is, would be lost. */
export const ADDRESS_LENGTH_MAX = 1_000;

export interface ParsedAddress {
  /** The text as it came: always keep it, the parts are a reading. */
  readonly raw: string;
  readonly house?: string;
  /** As typed, without `đường`. Not looked up in any list. */
  readonly street?: string;
  /** Certain. Its `validFrom` tells which list it is from. */
  readonly ward?: Unit;
  /** Named, or inferred from the ward. Never there for a ward of July 2025 or later. */
  readonly district?: Unit;
  /** Every ward the text may mean, when it may mean several: a person must ask. */
  readonly ambiguousWards?: readonly Unit[];
}

/**
 * Reads a Vietnamese address of the city as people type it on the date `asOf` (YYYY-MM-DD or an instant).
 * Units are those in force on that date; when people still use older names, and only an older list explains
 * the text, units of that list are given. Later lists are never used. Any text is answered, one
 * that is too long with nothing but `raw`; a wrong date throws RangeError.
 */
export function parseAddress(text: string, asOf: string | Date): ParsedAddress {
  const present = unitsAsOf(asOf).version;
  const words = withoutCity(addressWords(text.length > ADDRESS_LENGTH_MAX ? '' : text));
  const [newest, ...older] = UNIT_VERSIONS.filter((version) => version <= present)
    .reverse()
    .map((version) => unitsOf(version));
  if (!newest) throw new RangeError('No list of units is known for that date.');
  let best = addressUnits(words, newest);
  for (const catalogue of older) {
    const reading = addressUnits(words, catalogue);
    if (reading.score > best.score) best = reading;
  }
  const { ward, district, ambiguousWards } = best;
  return { raw: text, ...houseAndStreet(best.left), ward, district, ambiguousWards };
}
