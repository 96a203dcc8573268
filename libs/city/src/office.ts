import { cityMinutes } from './city-date.js';
import type { NeedCode, OfficeKind } from './needs.js';

/** A unit that handles cases. It is not an administrative unit: a district's office is attached to a district. */
export interface Office {
  /** Part of topic names and deployment names: [a-z0-9-], never renamed, never given to another office. */
  readonly code: string;
  readonly kind: OfficeKind;
  readonly nameVi: string;
  readonly nameEn: string;
  /** Code of the district it answers for; districts only. */
  readonly districtCode?: string;
  /** What it takes. */
  readonly needs: readonly NeedCode[];
  /** Opening hours on the city's clocks (UTC+7), `to` exclusive and up to 24:00; absent when it never closes. */
  readonly hours?: { readonly from: string; readonly to: string };
}

/** Whether the office takes cases at that instant. */
export function isOpen(office: Office, at: Date): boolean {
  if (!office.hours) return true;
  const now = cityMinutes(at);
  const [from, to] = [minutesOf(office.hours.from), minutesOf(office.hours.to)];
  return from <= to ? from <= now && now < to : now >= from || now < to;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
}
