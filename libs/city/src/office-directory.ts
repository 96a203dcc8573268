import { cityDate } from './city-date.js';
import type { OfficeCatalogue } from './office-catalogue.js';
import type { Office } from './office.js';

/** The offices of a city over time: the one place that knows which there are. */
export class OfficeDirectory {
  /**
   * The offices of all times. Topics are those of these, whatever date cases are routed by: an office that has ended
   * may still end cases or give them back, and no service can miss one that another knows.
   */
  readonly ever: readonly Office[];
  private readonly byCode: ReadonlyMap<string, Office>;

  /** Every list there was, oldest first. */
  constructor(readonly catalogues: readonly OfficeCatalogue[]) {
    this.byCode = new Map(catalogues.flatMap(({ offices }) => offices.map((office) => [office.code, office])));
    this.ever = [...this.byCode.values()];
  }

  /** The office of that code as its last list has it; undefined when there never was one. */
  office(code: string): Office | undefined {
    return this.byCode.get(code);
  }

  /**
   * The offices on a date of the city. After the last list it is still that one, whose `validTo` has passed. A case
   * must not be lost over that, so nothing is thrown; the hotline's operators then choose the date to work by.
   * @throws RangeError for what is not a date or lies before the first list
   */
  asOf(date: string | Date): OfficeCatalogue {
    const day = cityDate(date);
    const catalogue = this.catalogues.findLast(({ version }) => version <= day);
    if (!catalogue) throw new RangeError(`No list of offices is known before ${this.catalogues[0]?.version}.`);
    return catalogue;
  }
}
