import { SERVICES } from '@tiepsuc/services';

interface CityProcess {
  readonly service: string;
  readonly name: string;
  readonly database: string;
}

/** The processes of a plain city, in the order in which they start; two of district share the offices. */
export const PROCESSES: readonly CityProcess[] = SERVICES.flatMap(({ name: service }): CityProcess[] =>
  service === 'district'
    ? [1, 2].map((n) => ({ service, name: `${service}-${n}`, database: `${service}_${n}` }))
    : [{ service, name: service, database: service }],
);
