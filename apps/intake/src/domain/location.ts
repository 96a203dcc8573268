import { parseAddress, UNIT_VERSIONS, unitsAsOf, unitsOf, type UnitCatalogue } from '@tiepsuc/city';
import { refuseRequest } from './refusals.js';

/** Where; codes win over what the text says. */
export interface SubmittedAddress {
  readonly text?: string;
  readonly wardCode?: string;
  readonly districtCode?: string;
}

/** Where a case is, in codes of one version of the list of units. Without codes it is not known yet. */
export interface Location {
  readonly districtCode?: string;
  readonly wardCode?: string;
  readonly unitsVersion: string;
}

/**
 * Reads where an address lies, as of the day of the call. Given codes are checked and win over the text, which
 * may then only add the ward. Codes of an older list hold when no newer one has them: people and offices go on
 * using districts that have ended.
 * @throws Refusal for codes that never were, or contradict each other
 */
export function locationOf(address: SubmittedAddress, occurredAt: string): Location {
  const present = unitsAsOf(occurredAt).version;
  const said = address.text ? parseAddress(address.text, occurredAt) : undefined;
  const read = {
    districtCode: said?.district?.code,
    wardCode: said?.ward?.code,
    unitsVersion: (said?.ward ?? said?.district)?.validFrom ?? present,
  };
  if (!address.wardCode && !address.districtCode) return read;
  const given = givenLocation(address, present);
  const adds = !given.wardCode && read.districtCode === given.districtCode && read.unitsVersion === given.unitsVersion;
  return adds ? { ...given, wardCode: read.wardCode } : given;
}

function givenLocation({ wardCode, districtCode }: SubmittedAddress, present: string): Location {
  const newestFirst = UNIT_VERSIONS.filter((version) => version <= present).reverse();
  const catalogues = newestFirst.map((version) => unitsOf(version));
  for (const catalogue of catalogues) {
    const place = locationIn(catalogue, { wardCode, districtCode });
    if (place) return place;
  }
  if (districtCode && !catalogues.some((one) => one.district(districtCode))) {
    throw refuseRequest('district-not-valid');
  }
  if (wardCode && !catalogues.some((one) => one.unit(wardCode)?.level === 'ward')) {
    throw refuseRequest('ward-not-valid');
  }
  throw refuseRequest('ward-not-in-district');
}

function locationIn(catalogue: UnitCatalogue, { wardCode, districtCode }: SubmittedAddress): Location | undefined {
  const unitsVersion = catalogue.version;
  if (!wardCode) return districtCode && catalogue.district(districtCode) ? { districtCode, unitsVersion } : undefined;
  const ward = catalogue.unit(wardCode);
  if (ward?.level !== 'ward') return undefined;
  const parent = catalogue.districtOf(ward)?.code;
  if (districtCode && parent !== districtCode) return undefined;
  return { districtCode: parent, wardCode, unitsVersion };
}
