import { auditTopic, type AuditEvent } from '@tiepsuc/contracts';
import { aggregate } from '@tiepsuc/journal';

/** One key that was set aside, as the audit sees it. */
export interface Parking {
  readonly status: 'unknown' | 'parked' | 'redriven';
  readonly skipped: number;
}

export const parkings = aggregate<Parking, AuditEvent>({
  kind: 'parking',
  topic: auditTopic,
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
