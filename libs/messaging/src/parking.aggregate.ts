import { hash as digest } from 'node:crypto';
import { operationsTopic, CODE_PATTERN, type OperationsEvent } from '@tiepsuc/contracts';
import { aggregate } from '@tiepsuc/journal';

/** One parked key, as audit sees it. */
export interface Parking {
  readonly status: 'unknown' | 'parked' | 'redriven';
  readonly skipped: number;
}

export const parkings = aggregate<Parking, OperationsEvent>({
  kind: 'parking',
  topic: operationsTopic,
  initial: { status: 'unknown', skipped: 0 },
  evolve(parking, event) {
    switch (event.type) {
      case 'KeyParked':
        return { ...parking, status: 'parked' };
      case 'KeyRedriven':
        return { ...parking, status: 'redriven' };
      case 'RecordSkipped':
        return { ...parking, skipped: parking.skipped + 1 };
    }
  },
});

/** A parked key in an event: the key when it is a code, else its hash, since a foreign key may be anything. */
export function parkedKeyCode(key: string): string {
  return CODE_PATTERN.test(key) ? key : `key-${digest('sha256', key, 'hex').slice(0, 32)}`;
}
