import { formerDistrictsOf, UNIT_VERSIONS, unitsOf, type UnitVersion } from '@tiepsuc/city';

/** Where a case is, as the unit codes of one version of the lists say it. */
export interface Area {
  readonly districtCode?: string;
  readonly wardCode?: string;
  readonly unitsVersion?: string;
}

/** The district whose office answers for the area, and how it was found. */
export interface PlacedDistrict {
  readonly code: string;
  readonly by: 'district' | 'ward' | 'former-district';
}

/**
 * The district of an area. A ward alone is enough; a ward of after June 2025, when the districts ended, counts for
 * the one district it was made from. Undefined when nothing is known, or when a ward was made from several.
 */
export function districtOf({ districtCode, wardCode, unitsVersion }: Area): PlacedDistrict | undefined {
  if (districtCode !== undefined) return { code: districtCode, by: 'district' };
  const version = UNIT_VERSIONS.find((each) => each === unitsVersion);
  if (wardCode === undefined || version === undefined) return undefined;
  return districtOfWard(wardCode, version);
}

function districtOfWard(wardCode: string, version: UnitVersion): PlacedDistrict | undefined {
  const units = unitsOf(version);
  const ward = units.unit(wardCode);
  const district = ward && units.districtOf(ward);
  if (district) return { code: district.code, by: 'ward' };
  const [former, ...others] = ward && units.districts.length === 0 ? formerDistrictsOf(wardCode) : [];
  return former && others.length === 0 ? { code: former.code, by: 'former-district' } : undefined;
}
