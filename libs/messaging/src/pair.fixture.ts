import {
  LegAccepted,
  LegOpened,
  newId,
  notificationsTopic,
  officeCasesTopic,
  operationsTopic,
  topicNamed,
  type LegEvent,
  type NotificationEvent,
  type Received,
} from '@tiepsuc/contracts';
import { MemoryEventLog, type EventLog } from '@tiepsuc/event-log';
import { aggregate, Database, Journal, journalMigrations } from '@tiepsuc/journal';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { DataSource } from 'typeorm';
import { Messaging1700000000002 } from './migrations/1700000000002-messaging.js';
import { On, reactionsOf } from './on.js';
import { ParkedKeys } from './parked-keys.js';
import { ReactionServer } from './reaction-server.js';
import { Relay } from './relay.js';

/** A publisher of legs and a service that tells the citizen about them: the smallest city there is. */
export interface Leg {
  readonly said: number;
}

export const legs = aggregate<Leg, LegEvent>({
  kind: 'leg',
  topic: officeCasesTopic,
  initial: { said: 0 },
  evolve: ({ said }) => ({ said: said + 1 }),
});

export interface Notification {
  readonly templates: readonly string[];
}

export const notifications = aggregate<Notification, NotificationEvent>({
  kind: 'notification',
  topic: notificationsTopic,
  initial: { templates: [] },
  evolve: ({ templates }, event) =>
    event.type === 'NotificationQueued' ? { templates: [...templates, event.data.template] } : { templates },
});

/** Reactions that count their calls and fail on legs that are named poisonous, until they are cured. */
export class Tell {
  readonly poison = new Set<string>();
  calls = 0;

  @On(LegOpened, { aggregate: notifications, key: 'legId' })
  opened(_: Notification, received: Received<LegOpened>): NotificationEvent[] {
    return this.tell(received, 'case-routed');
  }

  @On(LegAccepted, { aggregate: notifications, key: 'legId' })
  accepted(_: Notification, received: Received<LegAccepted>): NotificationEvent[] {
    return this.tell(received, 'case-accepted');
  }

  private tell(
    { data }: Received<LegOpened | LegAccepted>,
    template: 'case-routed' | 'case-accepted',
  ): NotificationEvent[] {
    this.calls++;
    if (this.poison.has(data.legId)) throw new TypeError('poison');
    const { reporterRef, notifyBy, language, trackingCode, caseId, office } = data;
    const contact = { reporterRef, notifyBy, language, trackingCode, caseId, office };
    return [{ type: 'NotificationQueued', data: { ...contact, notificationId: data.legId, template } }];
  }
}

export const topics = {
  cases: topicNamed(officeCasesTopic, { office: 'q1' }),
  notifications: topicNamed(notificationsTopic),
  audit: topicNamed(operationsTopic),
};

export const GROUP = 'tiepsuc.notifications';

export async function serviceDatabase(): Promise<{ database: Database; close: () => Promise<void> }> {
  const server = await disposablePostgres();
  const dataSource = new DataSource({
    type: 'postgres',
    url: await server.database(),
    migrations: [...journalMigrations, Messaging1700000000002],
    extra: { max: 8, pipeline: true },
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return { database: new Database(dataSource), close: () => dataSource.destroy() };
}

export async function memoryLog(): Promise<EventLog> {
  const log = new MemoryEventLog();
  await log.ensureTopics(Object.values(topics));
  return log;
}

export function publisher(database: Database, log: EventLog, owner = 'publisher-1') {
  const journal = new Journal({ database });
  const failures: string[] = [];
  const relay = new Relay({
    database,
    log,
    service: 'district',
    owner,
    leaseMs: 1_000,
    pollMs: 20,
    vacuumAfter: 4,
    onFailure: ({ error }) => void failures.push(error),
  });
  journal.onRecorded(() => relay.wake());
  const say = (legId: string, event: LegEvent) =>
    journal.change(legs, { key: legId, context: { actor: 'office:q1:tester' }, decide: () => [event] });
  return { journal, relay, failures, say };
}

export function consumer(database: Database, log: EventLog, owner = 'consumer-1') {
  const journal = new Journal({ database });
  const tell = new Tell();
  const alarms: { message: string; fields: Record<string, unknown> }[] = [];
  const server = new ReactionServer({
    service: 'notifications',
    owner,
    log,
    database,
    journal,
    groups: [{ groupId: GROUP, topics: [topics.cases.name] }],
    reactions: reactionsOf(tell),
    batchMax: 50,
    onAlarm: (message, fields) => void alarms.push({ message, fields }),
  });
  const start = async () => {
    server.listen(() => undefined);
    await server.joined();
  };
  const desk = new ParkedKeys(database);
  desk.attach(server);
  return { journal, server, tell, alarms, start, desk };
}

export function openedLeg(legId: string, caseId = legId): LegEvent {
  return {
    type: 'LegOpened',
    data: {
      ...fields(legId, caseId),
      requestId: newId(),
      needs: ['food'],
      urgency: 'normal',
      unitsVersion: '2021-01-01',
      beneficiaryRef: newId(),
      hop: 0,
      occurredAt: '2021-07-22T11:00:00.000Z',
    },
  };
}

export function acceptedLeg(legId: string, caseId = legId): LegEvent {
  return { type: 'LegAccepted', data: fields(legId, caseId) };
}

function fields(legId: string, caseId: string) {
  return {
    office: 'q1',
    legId,
    caseId,
    reporterRef: newId(),
    notifyBy: 'sms',
    language: 'vi',
    trackingCode: 'ABCD-234-567',
  } as const;
}
