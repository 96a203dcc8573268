import { officesAsOf, UNIT_VERSIONS, type Office } from '@tiepsuc/city';

/** Offices of every time: one that has ended may still have cases to end. */
const everyOffice: ReadonlyMap<string, Office> = new Map(
  UNIT_VERSIONS.flatMap((version) => officesAsOf(version).offices).map((office) => [office.code, office]),
);

/** The office of that code, in whichever version of the catalogue; undefined when there never was one. */
export function officeOf(code: string): Office | undefined {
  return everyOffice.get(code);
}
