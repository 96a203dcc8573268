import { KafkaEventLog, PostgresEventLog, type EventLog } from '@tiepsuc/event-log';
import { sayLine } from './say-line.js';

/** The shortest session that a broker grants. */
const KAFKA_SESSION_MS = 6_000;
const KAFKA_HEARTBEAT_MS = 1_500;
const POLL_MS = 100;

/** The event log of a role, with leases as short as the run needs them. */
export function openRoleLog(url: string, { clientId, leaseMs }: { clientId: string; leaseMs: number }): EventLog {
  if (url.startsWith('kafka://')) {
    const times = { sessionTimeoutMs: KAFKA_SESSION_MS, heartbeatMs: KAFKA_HEARTBEAT_MS };
    return new KafkaEventLog({ url, clientId, log: sayLine, ...times });
  }
  const times = { leaseMs, renewMs: leaseMs / 4, pollMs: POLL_MS, calmPollMs: POLL_MS };
  return new PostgresEventLog({ url, clientId, log: sayLine, ...times });
}
