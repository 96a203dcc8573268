export type UnitLevel = 'city' | 'district' | 'ward';

/**
 * An administrative unit as one catalogue lists it. Its identity is the code together with `validFrom`:
 * codes are used again for other units and names move between codes, so neither says alone what is meant.
 */
export interface Unit {
  /** Official code as a string: 2 digits for the city, 3 for a district, 5 for a ward. */
  readonly code: string;
  /** Vietnamese, with its type: `Quận 5`, `Phường 02`, `Xã Bình Mỹ`. NFC. */
  readonly name: string;
  /** Known for the units of July 2025 only. */
  readonly nameEn?: string;
  /** `ward` stands for every commune-level unit: ward, commune, township, special zone. */
  readonly level: UnitLevel;
  /** Code of the unit above, in the same catalogue. */
  readonly parent?: string;
  /** First day on which the catalogue vouches for this unit, YYYY-MM-DD. */
  readonly validFrom: string;
  /** Last day, inclusive; absent while the catalogue is in force. */
  readonly validTo?: string;
}

const TYPES = ['thành phố', 'thị trấn', 'đặc khu', 'phường', 'huyện', 'quận', 'xã'];

/** Splits `Phường Bến Nghé` into `phường` and `Bến Nghé`. */
export function typeAndProperName(name: string): { type: string; proper: string } {
  const lower = name.toLowerCase();
  const type = TYPES.find((each) => lower.startsWith(`${each} `)) ?? '';
  return { type, proper: type === '' ? name : name.slice(type.length + 1) };
}
