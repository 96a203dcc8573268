import {
  declarationOf,
  CaseOffered,
  CaseRouted,
  CaseUnroutable,
  LegAccepted,
  LegOpened,
  LegResolved,
  LegReturned,
  NotificationSent,
  officeCasesTopic,
  officeInboxTopic,
  notificationsTopic,
  RequestFiled,
  requestsTopic,
  routingTopic,
  topicNamed,
  type EventClass,
} from '@tiepsuc/contracts';
import { AUDITOR, MANAGER } from '../accounts.js';
import type { CityClient } from './city-client.js';
import type { DispatcherDesk } from './dispatcher-desk.js';
import { sumOf, type Figures, type NotificationFigures, type OfficeFigures } from './figures.js';
import type { DemoCity } from './demo-city.js';

/** The longest that the service counts back: 31 days. */
const NOTIFICATION_HOURS = 744;

interface AuditSummary {
  readonly types: readonly { readonly topic: string; readonly type: string; readonly records: number }[];
  readonly problems: number;
}

interface OfficeSummary {
  readonly total: number;
  readonly byStatus: readonly { readonly status: string; readonly count: number }[];
  readonly byOutcome: readonly { readonly outcome: string; readonly count: number }[];
}

interface NotificationSummary {
  readonly counts: readonly { readonly status: string; readonly count: number }[];
}

export interface Sources {
  readonly city: DemoCity;
  readonly client: CityClient;
  readonly dispatcher: DispatcherDesk;
}

/** Asks every service for what it answers for. Only a city at rest gives figures of one moment. */
export async function readFigures({ city, client, dispatcher }: Sources): Promise<Figures> {
  const { urls, offices } = city;
  const audit = await client.call<AuditSummary>(`${urls.audit}/summary`, { account: AUDITOR });
  const counted = new Map(audit.types.map(({ topic, type, records }) => [`${topic} ${type}`, records]));
  const records = (topic: { name: string }, event: EventClass): number =>
    counted.get(`${topic.name} ${declarationOf(event).type}`) ?? 0;
  const routing = topicNamed(routingTopic);
  const requests = topicNamed(requestsTopic);
  const metrics = await Promise.all(Object.values(urls).map((url) => client.metrics(url)));
  return {
    filed: records(requests, RequestFiled),
    undecided: await undecided(client, { routingUrl: urls.routing, topic: requests.name }),
    routings: records(routing, CaseRouted),
    unroutables: records(routing, CaseUnroutable),
    waiting: await dispatcher.waiting(),
    offices: await Promise.all(
      offices.map(async ({ code }): Promise<OfficeFigures> => {
        const [inbox, cases] = [officeInboxTopic, officeCasesTopic].map((topic) => topicNamed(topic, { office: code }));
        const url = `${urls.district}/offices/${code}/summary`;
        return {
          office: code,
          ...statusesOf(await client.call<OfficeSummary>(url, { account: MANAGER })),
          log: {
            offered: records(inbox!, CaseOffered),
            opened: records(cases!, LegOpened),
            accepted: records(cases!, LegAccepted),
            returned: records(cases!, LegReturned),
            resolved: records(cases!, LegResolved),
          },
        };
      }),
    ),
    notifications: await notificationsOf(client, {
      url: urls.notifications,
      sent: records(topicNamed(notificationsTopic), NotificationSent),
    }),
    parked: sumOf(metrics, (one) => one.get('parked_keys') ?? 0),
    problems: audit.problems,
  };
}

function statusesOf({ total, byStatus, byOutcome }: OfficeSummary): Omit<OfficeFigures, 'office' | 'log'> {
  const count = (wanted: string): number => byStatus.find(({ status }) => status === wanted)?.count ?? 0;
  return {
    total,
    opened: count('opened'),
    acknowledged: count('acknowledged'),
    accepted: count('accepted'),
    returned: count('returned'),
    resolved: count('resolved'),
    outcomes: sumOf(byOutcome, (one) => one.count),
  };
}

async function notificationsOf(
  client: CityClient,
  { url, sent }: { url: string; sent: number },
): Promise<NotificationFigures> {
  const { counts } = await client.call<NotificationSummary>(
    `${url}/notifications/summary?hours=${NOTIFICATION_HOURS}`,
    { account: MANAGER },
  );
  const of = (...statuses: string[]): number =>
    sumOf(
      counts.filter(({ status }) => statuses.includes(status)),
      (one) => one.count,
    );
  return {
    total: sumOf(counts, (one) => one.count),
    waiting: of('queued', 'retrying'),
    sent: of('sent', 'delivered', 'undeliverable'),
    suppressed: of('suppressed'),
    dead: of('dead'),
    log: { sent },
  };
}

/** What routing itself says that it has not read of the requests. */
async function undecided(client: CityClient, { routingUrl, topic }: { routingUrl: string; topic: string }) {
  const lag = await client.metrics(routingUrl, `topic="${topic}"`);
  return lag.get('reaction_lag_records') ?? 0;
}
