import { audit } from '@tiepsuc/audit';
import { district } from '@tiepsuc/district';
import { openEventLog } from '@tiepsuc/event-log';
import { intake } from '@tiepsuc/intake';
import { notifications } from '@tiepsuc/notifications';
import { routing } from '@tiepsuc/routing';
import { createLogger, runService, type RunningService, type ServiceDefinition } from '@tiepsuc/runtime';
import { startDemoIssuer } from '@tiepsuc/demo-issuer';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { randomBytes } from 'node:crypto';

const AUDIENCE = 'tiepsuc';
const SECRET = 'a-secret-of-a-test';
export const OFFICES = 'q1,q5,soyte,soldtbxh';

const ACCOUNTS = [
  { id: 'auditor', roles: ['auditor'], offices: [] },
  { id: 'platform', roles: ['platform'], offices: [] },
  { id: 'operator', roles: ['operator'], offices: [] },
  { id: 'officer', roles: ['officer'], offices: ['*'] },
  { id: 'notifications', roles: ['service'], offices: [] },
] as const;

/** Every service, as small as it can be: one process, one PostgreSQL. */
export async function startCity() {
  const server = await disposablePostgres();
  const eventLog = await server.database();
  const issuer = await startDemoIssuer({
    audience: AUDIENCE,
    accounts: ACCOUNTS.map((one) => ({ ...one, secret: SECRET })),
  });
  const services: RunningService[] = [];
  const databases = new Map<string, string>();
  const start = async (definition: ServiceDefinition, own: Record<string, string> = {}, name = definition.name) => {
    const database = databases.get(name) ?? (await server.database());
    databases.set(name, database);
    const service = await runService(definition, {
      env: {
        DATABASE_URL: database,
        EVENT_LOG: eventLog,
        HTTP_PORT: '0',
        AUTH_ISSUER: issuer.issuer,
        AUTH_AUDIENCE: AUDIENCE,
        AUTH_JWKS_URL: issuer.jwksUrl,
        ...own,
      },
      logger: createLogger({ service: name, level: 'fatal' }),
    });
    services.unshift(service);
    return service;
  };
  const account = {
    AUTH_TOKEN_URL: issuer.tokenUrl,
    SERVICE_CLIENT_ID: 'notifications',
    SERVICE_CLIENT_SECRET: SECRET,
  };
  const running = {
    intake: await start(intake as unknown as ServiceDefinition, { VAULT_KEY: randomBytes(32).toString('base64') }),
    routing: await start(routing as unknown as ServiceDefinition),
    district: await start(district as unknown as ServiceDefinition, { OFFICES }),
    audit: await start(audit as unknown as ServiceDefinition),
  };
  const told = await start(notifications as unknown as ServiceDefinition, {
    ...account,
    DELIVERY: 'mailbox',
    INTAKE_URL: running.intake.url,
    RECEIPT_SECRET: randomBytes(32).toString('hex'),
  });
  const log = openEventLog(eventLog);
  return {
    ...running,
    notifications: told,
    eventLog,
    log,
    databaseOf: (name: string) => databases.get(name) as string,
    token: (id: (typeof ACCOUNTS)[number]['id']) => tokenFor(issuer.tokenUrl, id),
    async close() {
      for (const service of services) await service.close();
      await log.close();
      await issuer.close();
    },
  };
}

export type City = Awaited<ReturnType<typeof startCity>>;

async function tokenFor(tokenUrl: string, id: string): Promise<string> {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Files a request at intake, as a web form does. */
export async function fileRequest(city: City, districtCode: string): Promise<{ caseId: string }> {
  const answer = await fetch(`${city.intake.url}/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await city.token('operator')}` },
    body: JSON.stringify({
      reporter: { name: 'Người gọi thử', phone: '0912345678' },
      needs: ['food'],
      address: { districtCode },
    }),
  });
  if (!answer.ok) throw new Error(`intake answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { caseId: string };
}

export async function eventually(check: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > until) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
