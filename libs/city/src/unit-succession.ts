import { SUCCESSION_2025 } from './generated/succession-2025.js';
import { unitsOf } from './unit-catalogue.js';
import type { Unit } from './unit.js';

/** Where a unit of early 2025 went on 1/7/2025. */
export interface Succession {
  readonly from: Unit;
  /** One unit, or up to three when `from` was divided; which part went where is not known. */
  readonly to: readonly Unit[];
}

let successions: Map<string, Succession> | undefined;

/**
 * The heirs of the unit that had this code from 1/1/2025 to 30/6/2025. Undefined for any other code, so
 * also for the 39 units of 2021 that ended on 1/1/2025: their successors are not in the published lists.
 */
export function successionOf(codeInEarly2025: string): Succession | undefined {
  return known().get(codeInEarly2025);
}

/** The units of early 2025 that a unit of July 2025 took over, whole or in part; none outside the old city. */
export function predecessorsOf(codeSinceJuly2025: string): readonly Unit[] {
  return [...known().values()]
    .filter(({ to }) => to.some(({ code }) => code === codeSinceJuly2025))
    .map(({ from }) => from);
}

/** The districts of before July 2025 that a unit of today lies in: mostly one, several for 7 units, none outside the old city. */
export function formerDistrictsOf(codeSinceJuly2025: string): readonly Unit[] {
  const early2025 = unitsOf('2025-01-01');
  const districts = predecessorsOf(codeSinceJuly2025).map((ward) => early2025.districtOf(ward));
  return [...new Set(districts)].filter((district) => district !== undefined);
}

function known(): Map<string, Succession> {
  successions ??= new Map(
    SUCCESSION_2025.flatMap((district) => successionsIn(district)).map((each) => [each.from.code, each]),
  );
  return successions;
}

function successionsIn(district: string): Succession[] {
  const wards = district.slice(district.lastIndexOf('|') + 1).split(';');
  return wards.map((ward) => {
    const [code, , heirs] = ward.split(',') as [string, string, string];
    return { from: unitIn('2025-01-01', code), to: heirs.split('+').map((heir) => unitIn('2025-07-01', heir)) };
  });
}

function unitIn(version: '2025-01-01' | '2025-07-01', code: string): Unit {
  const unit = unitsOf(version).unit(code);
  if (!unit) throw new Error(`The lists contradict each other: ${code} is not in ${version}.`);
  return unit;
}
