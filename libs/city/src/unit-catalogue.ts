import { cityDate } from './city-date.js';
import { SUCCESSION_2025 } from './generated/succession-2025.js';
import { DISTRICTS_2021 } from './generated/units-2021.js';
import { UNITS_2025 } from './generated/units-2025.js';
import { nameKey } from './unit-names.js';
import { typeAndProperName, type Unit } from './unit.js';

/** Versions that exist, oldest first: each is the first day on which that list of units was in force. */
export const UNIT_VERSIONS = ['2021-01-01', '2025-01-01', '2025-07-01'] as const;
export type UnitVersion = (typeof UNIT_VERSIONS)[number];

const CITY_CODE = '79';
const LAST_DAYS: Record<UnitVersion, string | undefined> = {
  '2021-01-01': '2024-12-31',
  '2025-01-01': '2025-06-30',
  '2025-07-01': undefined,
};

interface Listed {
  districts: Unit[];
  wards: Unit[];
}

/** The city's units as one version lists them. */
export class UnitCatalogue {
  readonly validTo?: string;
  readonly city: Unit;
  /** Empty from July 2025: the district level ended. */
  readonly districts: readonly Unit[];
  private readonly byCode = new Map<string, Unit>();
  private readonly wardsByParent = new Map<string, Unit[]>();
  private readonly districtsByKey = new Map<string, Unit>();
  private readonly wardsByKey = new Map<string, Unit[]>();

  constructor(readonly version: UnitVersion) {
    this.validTo = LAST_DAYS[version];
    const period = { validFrom: version, validTo: this.validTo };
    this.city = {
      code: CITY_CODE,
      name: 'Thành phố Hồ Chí Minh',
      nameEn: 'Ho Chi Minh City',
      level: 'city',
      ...period,
    };
    const { districts, wards } = listed(version);
    this.districts = districts;
    this.byCode.set(this.city.code, this.city);
    for (const district of districts) {
      this.byCode.set(district.code, district);
      this.districtsByKey.set(keyOf(district), district);
    }
    for (const ward of wards) {
      this.byCode.set(ward.code, ward);
      append(this.wardsByParent, ward.parent ?? CITY_CODE, ward);
      append(this.wardsByKey, keyOf(ward), ward);
    }
  }

  /** The unit that has this code in this version. */
  unit(code: string): Unit | undefined {
    return this.byCode.get(code);
  }

  district(code: string): Unit | undefined {
    const unit = this.byCode.get(code);
    return unit?.level === 'district' ? unit : undefined;
  }

  /** The wards of a district; without a code, or with the city's, all wards of the city. */
  wards(districtCode: string = CITY_CODE): readonly Unit[] {
    if (districtCode === CITY_CODE) return [...this.wardsByParent.values()].flat();
    return this.wardsByParent.get(districtCode) ?? [];
  }

  /** The district a ward lies in; none from July 2025. */
  districtOf(ward: Unit): Unit | undefined {
    return ward.parent === undefined ? undefined : this.district(ward.parent);
  }

  /** By name without its type, in any spelling that folds alike: `thu duc`, `Thủ Đức`, `05`. */
  findDistrict(properName: string): Unit | undefined {
    return this.districtsByKey.get(nameKey(properName));
  }

  /** Every ward of that name (without its type), in one district or in the whole city. */
  findWards(properName: string, districtCode?: string): readonly Unit[] {
    return this.wardsKeyed(nameKey(properName), districtCode);
  }

  /** `findDistrict` for a key made by `nameKey`. */
  districtKeyed(key: string): Unit | undefined {
    return this.districtsByKey.get(key);
  }

  /** `findWards` for a key made by `nameKey`. */
  wardsKeyed(key: string, districtCode?: string): readonly Unit[] {
    const found = this.wardsByKey.get(key) ?? [];
    return districtCode === undefined ? found : found.filter((ward) => ward.parent === districtCode);
  }
}

const catalogues = new Map<UnitVersion, UnitCatalogue>();

/** The catalogue of one version; built once. */
export function unitsOf(version: UnitVersion): UnitCatalogue {
  const known = catalogues.get(version) ?? new UnitCatalogue(version);
  catalogues.set(version, known);
  return known;
}

/**
 * The catalogue in force on a date of the city (YYYY-MM-DD, or an instant with a zone).
 * Throws RangeError for what is not a date or lies before 2021: no list is kept for that time.
 */
export function unitsAsOf(date: string | Date): UnitCatalogue {
  const day = cityDate(date);
  const version = UNIT_VERSIONS.findLast((each) => each <= day);
  if (version === undefined) throw new RangeError(`No list of units is known before ${UNIT_VERSIONS[0]}.`);
  return unitsOf(version);
}

function listed(version: UnitVersion): Listed {
  const period = { validFrom: version, validTo: LAST_DAYS[version] };
  if (version === '2025-07-01') return { districts: [], wards: UNITS_2025.map((row) => cityWard(row, period)) };
  const found: Listed = { districts: [], wards: [] };
  for (const row of version === '2021-01-01' ? DISTRICTS_2021 : SUCCESSION_2025) {
    const [parent, name, rest] = row.split('|') as [string, string, string];
    found.districts.push({ code: parent, name, level: 'district', parent: CITY_CODE, ...period });
    for (const ward of rest.split(';')) {
      const [code, wardName] = ward.split(',') as [string, string];
      found.wards.push({ code, name: wardName, level: 'ward', parent, ...period });
    }
  }
  return found;
}

function cityWard(row: string, period: { validFrom: string; validTo?: string }): Unit {
  const [code, name, nameEn] = row.split('|') as [string, string, string];
  return { code, name, nameEn, level: 'ward', parent: CITY_CODE, ...period };
}

function keyOf(unit: Unit): string {
  return nameKey(typeAndProperName(unit.name).proper);
}

function append(index: Map<string, Unit[]>, key: string, unit: Unit): void {
  const there = index.get(key);
  if (there) there.push(unit);
  else index.set(key, [unit]);
}
