import { createLogger, runService, type RunningService } from '@tiepsuc/runtime';
import { startDemoIssuer, type DemoIssuer } from '@tiepsuc/demo-issuer';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { intake } from './service.js';

const AUDIENCE = 'tiepsuc';
const ACCOUNTS = [
  { id: 'op-1', roles: ['operator'], offices: [] },
  { id: 'dispatcher-1', roles: ['dispatcher'], offices: [] },
  { id: 'officer-1', roles: ['officer'], offices: ['q5'] },
  { id: 'auditor-1', roles: ['auditor'], offices: [] },
  { id: 'platform-1', roles: ['platform'], offices: [] },
  { id: 'manager-1', roles: ['manager'], offices: [] },
  { id: 'notifications', roles: ['service'], offices: [] },
] as const;
export type AccountId = (typeof ACCOUNTS)[number]['id'];

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly as?: AccountId;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape.
  readonly json: any;
}

/** Intake as it is, on a database of its own, with every log line kept. */
export interface IntakeUnderTest {
  readonly running: RunningService;
  readonly lines: string[];
  readonly database: pg.Pool;
  readonly eventLog: pg.Pool;
  ask(path: string, asked?: Asked): Promise<Answered>;
  close(): Promise<void>;
}

export async function intakeUnderTest(settings: Readonly<Record<string, string>> = {}): Promise<IntakeUnderTest> {
  const server = await disposablePostgres();
  const [databaseUrl, eventLogUrl] = [await server.database(), await server.database()];
  const accounts = ACCOUNTS.map((one) => ({ ...one, secret: `secret-of-${one.id}` }));
  const issuer = await startDemoIssuer({ accounts, audience: AUDIENCE });
  const tokens = await tokensOf(issuer, accounts);
  const lines: string[] = [];
  const running = await runService(intake, {
    env: {
      DATABASE_URL: databaseUrl,
      EVENT_LOG: eventLogUrl,
      HTTP_PORT: '0',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      AUTH_AUDIENCE: AUDIENCE,
      LOG_LEVEL: 'trace',
      VAULT_KEY: randomBytes(32).toString('base64'),
      PUBLIC_REQUESTS_PER_MINUTE: '100000',
      ...settings,
    },
    logger: createLogger({
      service: 'intake',
      level: 'trace',
      destination: { write: (line) => void lines.push(line) },
    }),
  });
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const eventLog = new pg.Pool({ connectionString: eventLogUrl, max: 2 });
  return {
    running,
    lines,
    database,
    eventLog,
    ask: (path, asked = {}) => ask(`${running.url}${path}`, { ...asked, token: asked.as && tokens.get(asked.as) }),
    async close() {
      await running.close();
      await Promise.all([database.end(), eventLog.end(), issuer.close()]);
    },
  };
}

async function tokensOf(
  issuer: DemoIssuer,
  accounts: readonly { readonly id: AccountId; readonly secret: string }[],
): Promise<Map<AccountId, string>> {
  const tokens = new Map<AccountId, string>();
  for (const { id, secret } of accounts) {
    const answer = await fetch(issuer.tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    tokens.set(id, token);
  }
  return tokens;
}

async function ask(url: string, { method, body, headers, token }: Asked & { token?: string }): Promise<Answered> {
  const isText = typeof body === 'string';
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: body === undefined || isText ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
