import { newId } from '@tiepsuc/contracts';
import { openEventLog } from '@tiepsuc/event-log';
import type { City } from './test-city.js';
import type { Clients } from './city-clients.js';
import { pause } from './service-process.js';

/** Kills each service process once, without warning, and starts it again. Returns how many are new processes now. */
export async function killEachOnce(city: City, say: (line: string) => void): Promise<number> {
  let replaced = 0;
  for (const one of city.processes.values()) {
    const before = one.pid;
    await pause(400);
    await one.kill();
    await pause(300);
    await one.start();
    if (before !== undefined && one.pid !== undefined && one.pid !== before) replaced++;
    say(`killed and restarted ${one.options.name}`);
  }
  return replaced;
}

/** Takes the broker away for a while. Returns how often clients had to ask intake again meanwhile: it must be 0. */
export async function takeBrokerAway(city: City, clients: Clients, seconds: number): Promise<number> {
  if (!city.kafka) return 0;
  const before = clients.asksAgain.get('intake') ?? 0;
  await city.kafka.kill('SIGTERM');
  await pause(seconds * 1_000);
  const after = clients.asksAgain.get('intake') ?? 0;
  await city.kafka.restart();
  return after - before;
}

/** Records that nobody should have sent, each under a key of its own. */
export interface BadRecords {
  readonly malformedKey: string;
  readonly unknownTypeKey: string;
}

/** Puts a malformed record and one of an unknown type into the requests topic, as a broken producer would. */
export async function sendBadRecords(city: City): Promise<BadRecords> {
  const log = openEventLog(city.eventLog, { clientId: 'broken-producer' });
  const [malformedKey, unknownTypeKey] = [newId(), newId()];
  const future = {
    specversion: '1.0',
    id: newId(),
    source: '/tiepsuc/intake',
    type: 'relief.request.teleported.v9',
    subject: newId(),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: unknownTypeKey,
    sequence: '000000000001',
    correlationid: unknownTypeKey,
    actor: 'citizen',
    data: {},
  };
  const record = (key: string, value: Buffer, partition: number) => ({
    eventId: newId(),
    topic: 'relief.requests.v1',
    partition,
    key,
    headers: {},
    value,
  });
  try {
    await log.append(
      [{ producerId: 'broken-producer', epoch: 1n }],
      [
        record(malformedKey, Buffer.from('{"specversion": "1.0", "id": '), 0),
        record(unknownTypeKey, Buffer.from(JSON.stringify(future)), 1),
      ],
    );
  } finally {
    await log.close();
  }
  return { malformedKey, unknownTypeKey };
}
