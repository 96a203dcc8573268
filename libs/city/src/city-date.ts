const CITY_OFFSET_MS = 7 * 60 * 60 * 1000;
const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The calendar date in Ho Chi Minh City (UTC+7, no summer time) as YYYY-MM-DD. A plain date is taken as it
 * is; an instant (ISO 8601 with a zone, or a Date) is turned into the date the city's clocks show.
 * Throws RangeError for anything else.
 */
export function cityDate(at: string | Date): string {
  const isPlainDate = typeof at === 'string' && CALENDAR_DATE.test(at);
  const instantMs = at instanceof Date ? at.getTime() : Date.parse(at);
  if (Number.isNaN(instantMs)) throw new RangeError('Not a date.');
  const date = new Date(isPlainDate ? instantMs : instantMs + CITY_OFFSET_MS).toISOString().slice(0, 10);
  // Some engines roll 31 February over to March.
  if (isPlainDate && date !== at) throw new RangeError('Not a date.');
  return date;
}

/** Minutes since midnight on the city's clocks. */
export function cityMinutes(at: Date): number {
  const local = new Date(at.getTime() + CITY_OFFSET_MS);
  return local.getUTCHours() * 60 + local.getUTCMinutes();
}
