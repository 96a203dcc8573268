import type { City } from '../city.js';

/** Where the city is: all that callers and officers know of it. */
export interface DemoCity extends Pick<City, 'offices' | 'urls'> {
  readonly issuer: Pick<City['issuer'], 'tokenUrl'>;
}
