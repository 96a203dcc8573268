import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';
import { Setting, ServiceConfig } from '@tiepsuc/runtime';
import { ValidateBy } from 'class-validator';

/** What routing is told from outside. */
export class RoutingConfig extends ServiceConfig {
  @Setting({
    env: 'OFFICES_AS_OF',
    meaning: 'the date (YYYY-MM-DD) whose catalogue of offices cases are routed by',
    fallback: HOTLINE_OPENED_ON,
  })
  @ValidateBy({
    name: 'isDateWithOffices',
    validator: {
      validate: (date: unknown) => typeof date === 'string' && hasOffices(date),
      defaultMessage: () => 'officesAsOf must be a date for which a list of offices is known',
    },
  })
  officesAsOf!: string;
}

const CALENDAR_DATE = /^\d{4}-\d\d-\d\d$/;

function hasOffices(date: string): boolean {
  if (!CALENDAR_DATE.test(date)) return false;
  try {
    return OFFICES.asOf(date).offices.length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
