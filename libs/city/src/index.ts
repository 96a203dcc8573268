export { ADDRESS_LENGTH_MAX, parseAddress, type ParsedAddress } from './address.js';
export { cityDate, cityMinutes } from './city-date.js';
export { fold, nfc, withoutMarks } from './fold.js';
export { NEEDS, needOf, type HandlingKind, type Need, type NeedCode, type OfficeKind } from './needs.js';
export { HOTLINE_OPENED_ON, officesAsOf, type OfficeCatalogue, type OfficeVersion } from './office-catalogue.js';
export { isOpen, type Office } from './office.js';
export { parsePhone, type ParsedPhone, type PhoneKind, type PhoneRefusal } from './phone.js';
export {
  checkTrackingCode,
  TRACKING_ALPHABET,
  TRACKING_RANDOM_BYTES,
  trackingCode,
  type CheckedTrackingCode,
  type TrackingCodeRefusal,
} from './tracking-code.js';
export { UNIT_VERSIONS, unitsAsOf, unitsOf, type UnitCatalogue, type UnitVersion } from './unit-catalogue.js';
export { formerDistrictsOf, predecessorsOf, successionOf, type Succession } from './unit-succession.js';
export { type Unit, type UnitLevel } from './unit.js';
