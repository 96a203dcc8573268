import { namesHuyenElsewhere } from './address-elsewhere.js';
import { DISTRICT_PREFIXES, followsPlaceOrPrefix, prefixesAt, WARD_PREFIXES, type Prefix } from './address-prefixes.js';
import type { AddressWord } from './address-words.js';
import type { UnitCatalogue } from './unit-catalogue.js';
import { markedKey } from './unit-names.js';
import { typeAndProperName, type Unit } from './unit.js';

/** The units that an address names, as one catalogue knows them, and the words that are left for house and street. */
export interface AddressUnits {
  readonly district?: Unit;
  readonly ward?: Unit;
  readonly ambiguousWards?: readonly Unit[];
  readonly left: readonly AddressWord[];
  /** How much of the address this catalogue explains; only good for comparing catalogues. */
  readonly score: number;
}

/** Several wards of one list count as much as one: an older list must not settle what is ambiguous today. */
const SCORES = { wards: 4, namedDistrict: 2, bareWard: 1.5 };
const WARD_WORDS_MAX = 4;
const DISTRICT_WORDS_MAX = 3;

/** Short forms after `Q.`, and the districts that became Thủ Đức in 2021 but stayed in people's mouths. */
const DISTRICT_SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['2', '769'],
  ['9', '769'],
  ['td', '769'],
  ['tb', '766'],
  ['t binh', '766'],
  ['t phu', '767'],
  ['gv', '764'],
  ['g vap', '764'],
  ['pn', '768'],
  ['p nhuan', '768'],
  ['b thanh', '765'],
  ['b tan', '777'],
]);

/** Finds district and ward: the district first, since a ward's name says little without it. */
export function addressUnits(words: readonly AddressWord[], catalogue: UnitCatalogue): AddressUnits {
  return new Reading(words, catalogue).units();
}

class Reading {
  private readonly taken: boolean[];

  constructor(
    private readonly words: readonly AddressWord[],
    private readonly catalogue: UnitCatalogue,
  ) {
    this.taken = words.map(() => false);
  }

  units(): AddressUnits {
    const hasDistricts = this.catalogue.districts.length > 0;
    const prefixed = hasDistricts ? this.prefixedDistrict() : undefined;
    if (!prefixed && namesHuyenElsewhere(this.words)) return { left: this.words, score: 0 };
    const named = prefixed ?? (hasDistricts ? this.bareDistrict() : undefined);
    const candidates = this.prefixedWards(named);
    const bare = candidates.length === 0 ? this.bareWard(named) : undefined;
    const ward = candidates.length === 1 ? candidates[0] : bare;
    const district = named ?? (ward && this.catalogue.districtOf(ward));
    const left = this.words.filter((_, index) => !this.taken[index]);
    const wardScore = candidates.length > 0 ? SCORES.wards : bare ? SCORES.bareWard : 0;
    const score = wardScore + (named ? SCORES.namedDistrict : 0);
    return { district, ward, ambiguousWards: candidates.length > 1 ? candidates : undefined, left, score };
  }

  private prefixedDistrict(): Unit | undefined {
    for (let at = this.words.length - 1; at >= 0; at -= 1) {
      for (const prefix of prefixesAt(DISTRICT_PREFIXES, this.words, at)) {
        if (this.taken[at]) continue;
        const start = at + prefix.words.length;
        for (let length = DISTRICT_WORDS_MAX; length > 0; length -= 1) {
          const district = this.districtAt(prefix, this.keyAt(start, length));
          if (!district) continue;
          this.take(at, prefix.words.length + length);
          return district;
        }
      }
    }
    return undefined;
  }

  private districtAt(prefix: Prefix, key: string | undefined): Unit | undefined {
    if (key === undefined) return undefined;
    const isQuarter = prefix.type === 'quận';
    const district = this.catalogue.districtKeyed(key);
    if (!district) return isQuarter ? this.catalogue.district(DISTRICT_SHORT_FORMS.get(key) ?? '') : undefined;
    if (/^\d/.test(key)) return isQuarter ? district : undefined;
    const { type } = typeAndProperName(district.name);
    if (type === prefix.type || isQuarter) return district;
    const isHuyenElsewhere = prefix.type === 'huyện' && type === 'quận';
    return prefix.words.join('').length > 2 && !isHuyenElsewhere ? district : undefined;
  }

  /** `Tân Bình` without `Quận`: where nothing but a ward or the end of the part follows, and no longer name holds it. */
  private bareDistrict(): Unit | undefined {
    for (let at = this.words.length - 2; at >= 0; at -= 1) {
      const district = this.catalogue.districtKeyed(this.keyAt(at, 2) ?? '');
      if (!district || followsPlaceOrPrefix(this.words, at) || !this.endsPart(at + 2) || this.isInsideWardName(at))
        continue;
      this.take(at, 2);
      return district;
    }
    return undefined;
  }

  private endsPart(at: number): boolean {
    if (this.words[at]?.segment !== this.words[at - 1]?.segment || this.taken[at]) return true;
    return prefixesAt(WARD_PREFIXES, this.words, at).length > 0;
  }

  private isInsideWardName(at: number): boolean {
    for (let length = WARD_WORDS_MAX; length > 2; length -= 1) {
      for (let start = at + 2 - length; start <= at; start += 1) {
        if (this.catalogue.wardsKeyed(this.keyAt(start, length) ?? '').length > 0) return true;
      }
    }
    return false;
  }

  /** One ward when it is certain; several when the name fits several; none when no ward is named or none has the name. */
  private prefixedWards(district: Unit | undefined): readonly Unit[] {
    for (let at = this.words.length - 1; at >= 0; at -= 1) {
      for (const prefix of prefixesAt(WARD_PREFIXES, this.words, at)) {
        if (this.taken[at]) continue;
        const start = at + prefix.words.length;
        for (let length = WARD_WORDS_MAX; length > 0; length -= 1) {
          const found = this.wardsAt({ start, length, type: prefix.type, district });
          if (found.length === 0) continue;
          this.take(at, prefix.words.length + length);
          return found;
        }
        // A number that is no ward there is still no part of the street.
        if (prefix.type === 'phường' && /^\d{1,2}$/.test(this.keyAt(start, 1) ?? ''))
          this.take(at, prefix.words.length + 1);
      }
    }
    return [];
  }

  /** `Linh Trung, Thủ Đức`: a whole part of the address that is the name of one ward. */
  private bareWard(district: Unit | undefined): Unit | undefined {
    for (let start = this.words.length - 1; start >= 0; start -= 1) {
      const segment = this.words[start]?.segment ?? 0;
      if (this.words[start - 1]?.segment === segment) continue;
      if (segment === 0 && !district) continue;
      const length = this.lengthLeft(start);
      if (length > WARD_WORDS_MAX || /^\d/.test(this.words[start]?.key ?? '')) continue;
      const found = this.wardsAt({ start, length, district });
      if (found.length !== 1) continue;
      this.take(start, length);
      return found[0];
    }
    return undefined;
  }

  /** How many words of the part that begins there name no unit yet. */
  private lengthLeft(start: number): number {
    let length = 0;
    for (let at = start; this.words[at]?.segment === this.words[start]?.segment && at < this.words.length; at += 1) {
      if (!this.taken[at]) length += 1;
    }
    return length;
  }

  private wardsAt(place: { start: number; length: number; type?: string; district?: Unit }): readonly Unit[] {
    const key = this.keyAt(place.start, place.length);
    if (key === undefined) return [];
    const found = this.catalogue.wardsKeyed(key, place.district?.code);
    if (found.length < 2) return found;
    const ofType = preferred(found, (ward) => typeAndProperName(ward.name).type === place.type);
    if (!this.hasMarksIn(place.start)) return ofType;
    const written = this.words.slice(place.start, place.start + place.length).map(({ text }) => text);
    const marked = markedKey(written.join(' '));
    return preferred(ofType, (ward) => markedKey(typeAndProperName(ward.name).proper) === marked);
  }

  /** Whether that part of the address is typed with marks at all: only then does a missing mark say anything. */
  private hasMarksIn(at: number): boolean {
    const segment = this.words[at]?.segment;
    return this.words.some((word) => word.segment === segment && /[^\x20-\x7e]/.test(word.text));
  }

  /** The words there as one key; undefined when they are taken, too few, or parted by a comma. */
  private keyAt(start: number, length: number): string | undefined {
    const first = this.words[start];
    const last = this.words[start + length - 1];
    if (!first || !last || length < 1 || first.segment !== last.segment) return undefined;
    let key = '';
    for (let at = start; at < start + length; at += 1) {
      if (this.taken[at]) return undefined;
      key += at === start ? this.words[at]?.key : ` ${this.words[at]?.key}`;
    }
    return key;
  }

  private take(start: number, length: number): void {
    this.taken.fill(true, start, start + length);
  }
}

function preferred(units: readonly Unit[], wanted: (unit: Unit) => boolean): readonly Unit[] {
  const chosen = units.filter(wanted);
  return chosen.length > 0 ? chosen : units;
}
