import type { NeedCode } from './needs.js';
import type { Office } from './office.js';

/** The offices that handle cases, as one version lists them. */
export class OfficeCatalogue {
  private readonly byCode: ReadonlyMap<string, Office>;
  private readonly byDistrict: ReadonlyMap<string, Office>;

  constructor(
    /** Its first day. */
    readonly version: string,
    /** Last day, inclusive. */
    readonly validTo: string,
    readonly offices: readonly Office[],
  ) {
    this.byCode = new Map(offices.map((office) => [office.code, office]));
    this.byDistrict = new Map(
      offices.flatMap((office) => (office.districtCode ? [[office.districtCode, office]] : [])),
    );
  }

  office(code: string): Office | undefined {
    return this.byCode.get(code);
  }

  /** The office that answers for a district. */
  officeOfDistrict(districtCode: string): Office | undefined {
    return this.byDistrict.get(districtCode);
  }

  /** Every office that takes the need. */
  taking(need: NeedCode): readonly Office[] {
    return this.offices.filter((office) => office.needs.includes(need));
  }
}
