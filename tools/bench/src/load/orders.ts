import type { Surroundings } from '../surroundings.js';
import { sampleRequests } from './bench-requests.js';

/** Connections of the closed loop. */
const CONNECTIONS = 64;
const SAMPLES = 512;

/** What p50 and p99 of a closed loop are. */
export const closedLoopLabel = `one answer, ${CONNECTIONS} connections in a closed loop`;

/** What all filing of requests has alike: who asks, on how many connections, and what. */
export async function ordersFor(surroundings: Surroundings) {
  return {
    token: await surroundings.tokenOf('operator'),
    connections: CONNECTIONS,
    requests: sampleRequests(SAMPLES),
  };
}

/** Clients of an open loop: more than a server that keeps up ever needs, who hang up after ten seconds. */
export const OPEN_LOOP = {
  connectionsMax: 1_024,
  patienceMs: 10_000,
  keepCases: false,
} as const;
