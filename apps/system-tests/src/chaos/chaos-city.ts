import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startCity, type City, type Environment } from '../test-city.js';
import { CLOCK_AHEAD_MS } from './clock-jumps.js';
import type { DisturbedLines } from './disturbed-lines.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const CLOCK_MODULE = pathToFileURL(join(resolve(HERE), 'shifted-clock.js')).href;
/** As short as Kafka's heartbeats allow, so that a killed broker is back in a few seconds. */
const BROKER_SESSION_MS = 2_000;

/** Who has a second process beside it, and of whom a third one comes and goes. */
const TWINS = ['intake', 'routing', 'district-1'];
const SPARES = ['routing', 'district-1'];
/** Processes whose clock jumps when they are told; the first of them is an hour ahead from the start. */
export const SHIFTABLE = ['routing-b', 'intake-b', 'district-1-b', 'audit'];

/** The processes that can answer for a service. */
export const INTAKE = ['intake', 'intake-b'];
export const ROUTING = ['routing', 'routing-b'];

export function districtsOf(city: City, office: string): readonly string[] {
  const { name } = city.districtOf(office).options;
  return city.processes.has(`${name}-b`) ? [name, `${name}-b`] : [name];
}

/** The city with its replicas, its wrong clocks and the lines between its parts that can be disturbed. */
export async function startChaosCity(
  eventLog: 'postgres' | 'kafka',
  say: (line: string) => void,
  lines: DisturbedLines,
): Promise<City> {
  return startCity(eventLog, say, {
    twins: TWINS,
    spares: SPARES,
    brokerSessionMs: BROKER_SESSION_MS,
    brokerListener: lines.brokerListener,
    adapt: async ({ name, env }) => ({ ...(await lines.through(name, env)), ...clockOf(name) }),
  });
}

function clockOf(name: string): Environment {
  if (!SHIFTABLE.includes(name)) return {};
  const startsAtMs = name === SHIFTABLE[0] ? CLOCK_AHEAD_MS : 0;
  return { NODE_OPTIONS: `--import ${CLOCK_MODULE}`, CHAOS_CLOCK_STARTS_AT_MS: String(startsAtMs) };
}
