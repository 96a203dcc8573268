import { decodeEnvelope, type Envelope } from '@tiepsuc/contracts';
import { requestToken, startDemoIssuer, type DemoAccount } from '@tiepsuc/demo-issuer';
import { openEventLog, type NewRecord } from '@tiepsuc/event-log';
import { Database, Journal, type Aggregate } from '@tiepsuc/journal';
import { createLogger, ROLES, runService, type ServiceConfig, type ServiceDefinition } from '@tiepsuc/runtime';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { EventPublisher } from './event-publisher.js';

const AUDIENCE = 'tiepsuc';
const SECRET = 'demo';
/** One account of each role, without offices: `auditor-1`. */
const ACCOUNTS = ROLES.map((role) => ({ id: `${role}-1`, roles: [role], offices: [] }));

export interface TestBedOptions {
  /** Accounts besides `<role>-1`, or in place of one. */
  readonly accounts?: readonly Omit<DemoAccount, 'secret'>[];
}

export interface ServiceOptions extends TestBedOptions {
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Ask {
  /** Account that asks; nobody unless given. */
  readonly as?: string;
  /** POST where there is a body, GET where there is none, unless given. */
  readonly method?: string;
  /** Sent as JSON; a text as CSV. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape.
  readonly body: any;
}

export type ServiceUnderTest = Awaited<ReturnType<typeof serviceUnderTest>>;

/** What services need around them: an issuer with accounts, and an event log to publish on and to read. */
export async function startTestBed({ accounts = [] }: TestBedOptions = {}) {
  const postgres = await disposablePostgres();
  const issuer = await startDemoIssuer({
    audience: AUDIENCE,
    accounts: [...ACCOUNTS.filter(({ id }) => !accounts.some((own) => own.id === id)), ...accounts].map((account) => ({
      ...account,
      secret: SECRET,
    })),
  });
  const eventLog = await postgres.database();
  const log = openEventLog(eventLog, { clientId: 'test', log: () => undefined });
  const closers: (() => Promise<void>)[] = [];
  const tokens = new Map<string, Promise<string>>();
  function token(account: string): Promise<string> {
    const known = tokens.get(account) ?? requestToken(issuer, account, SECRET);
    tokens.set(account, known);
    return known;
  }
  return {
    /** Address of the event log. */
    eventLog,
    log,
    token,
    publisher: new EventPublisher(),
    append: (...records: readonly NewRecord[]) => log.append([], records),
    /** Settings that give a service a database of its own, the event log, the issuer and an account. */
    settings: async () => ({
      DATABASE_URL: await postgres.database(),
      EVENT_LOG: eventLog,
      HTTP_PORT: '0',
      AUTH_ISSUER: issuer.issuer,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URL: issuer.jwksUrl,
      AUTH_TOKEN_URL: issuer.tokenUrl,
      SERVICE_CLIENT_ID: 'service-1',
      SERVICE_CLIENT_SECRET: SECRET,
      LOG_LEVEL: 'trace',
    }),
    async ask(url: string, { as, method, body, headers }: Ask = {}): Promise<Answer> {
      const isText = typeof body === 'string';
      const answer = await fetch(url, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
          ...(as ? { authorization: `Bearer ${await token(as)}` } : {}),
          ...headers,
        },
        body: body === undefined || isText ? body : JSON.stringify(body),
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
      return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
    },
    /** Everything in a topic of the event log. */
    async published(topic: string): Promise<Envelope[]> {
      const found: Envelope[] = [];
      for (const { partition } of await log.ends(topic)) {
        for await (const { value } of log.read({ topic, partition })) found.push(decodeEnvelope(value));
      }
      return found;
    },
    closeFirst: (close: () => Promise<void>) => void closers.unshift(close),
    async close(): Promise<void> {
      for (const close of [...closers, () => log.close(), () => issuer.close()]) await close();
    },
  };
}

/** A service as it is, on a database and an event log of its own, with every log line kept. */
export async function serviceUnderTest<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  { settings = {}, ...options }: ServiceOptions = {},
) {
  const bed = await startTestBed(options);
  return startOn(bed, definition, settings).catch(async (error: unknown) => {
    await bed.close();
    throw error;
  });
}

async function startOn<Config extends ServiceConfig>(
  bed: Awaited<ReturnType<typeof startTestBed>>,
  definition: ServiceDefinition<Config>,
  own: Readonly<Record<string, string>>,
) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: definition.name, level: 'trace', destination });
  const env: Readonly<Record<string, string>> = { ...(await bed.settings()), ...own };
  const run = () => runService(definition, { env, logger });
  let running = await run();
  bed.closeFirst(() => running.close());
  const sql = <Row extends object>(text: string, values: unknown[] = []) =>
    running.app.get(Database).run<Row & Record<string, unknown>>({ text, values });

  return {
    ...bed,
    env,
    lines,
    sql,
    get running() {
      return running;
    },
    ask: (path: string, ask?: Ask) => bed.ask(`${running.url}${path}`, ask),
    /** Publishes an event as its publisher would. */
    async publish(
      name: string,
      fields: object,
      attributes?: Parameters<EventPublisher['event']>[2],
    ): Promise<Envelope> {
      const envelope = bed.publisher.event(name, fields, attributes);
      await bed.append(EventPublisher.recordOf(envelope));
      return envelope;
    },
    /** Delivers an event once more. */
    publishAgain: (envelope: Envelope) => bed.append(EventPublisher.recordOf(envelope)),
    /** What the service remembers of one thing. */
    read: <State extends object>(aggregate: Aggregate<State, never>, key: string) =>
      running.app.get(Journal).read(aggregate, key),
    /** Stops the service and starts it on the same database. */
    async restart(): Promise<void> {
      await running.close();
      running = await run();
    },
    /** Log lines that an operator would have to look at. */
    complaints: () => lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line)),
    /** Where a text stands that must stand nowhere: in an event, a log line, a metric. */
    async placesOf(text: string): Promise<string[]> {
      const values = await sql<{ value: Buffer }>('SELECT value FROM journal');
      const metrics = await (await fetch(`${running.url}/metrics`)).text();
      const places = [
        ...values.map(({ value }) => ['an event', value.toString('utf8')] as const),
        ...lines.map((line) => ['a log line', line] as const),
        ['the metrics', metrics] as const,
      ];
      return places.filter(([, content]) => content.includes(text)).map(([place]) => place);
    },
  };
}
