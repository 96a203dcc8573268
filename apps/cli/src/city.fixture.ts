import { audit } from '@tiepsuc/audit';
import { district } from '@tiepsuc/district';
import { intake } from '@tiepsuc/intake';
import { notifications } from '@tiepsuc/notifications';
import { routing } from '@tiepsuc/routing';
import { createLogger, runService, type ServiceConfig, type ServiceDefinition } from '@tiepsuc/runtime';
import { startTestBed } from '@tiepsuc/testing';
import { randomBytes } from 'node:crypto';

export const OFFICES = 'q1,q5,soyte,soldtbxh';

/** Every service, as small as it can be: one process, one PostgreSQL. */
export async function startCity() {
  const bed = await startTestBed({ accounts: [{ id: 'officer-1', roles: ['officer'], offices: ['*'] }] });
  const databases = new Map<string, string>();
  async function start<Config extends ServiceConfig>(
    definition: ServiceDefinition<Config>,
    own: Record<string, string> = {},
  ) {
    const env = { ...(await bed.settings()), ...own };
    databases.set(definition.name, env.DATABASE_URL);
    const logger = createLogger({ service: definition.name, level: 'fatal' });
    const service = await runService(definition, { env, logger });
    bed.closeFirst(() => service.close());
    return service;
  }
  const running = {
    intake: await start(intake, { VAULT_KEY: randomBytes(32).toString('base64') }),
    routing: await start(routing),
    district: await start(district, { OFFICES }),
    audit: await start(audit),
  };
  const told = await start(notifications, {
    DELIVERY: 'mailbox',
    INTAKE_URL: running.intake.url,
    RECEIPT_SECRET: randomBytes(32).toString('hex'),
  });
  return { ...bed, ...running, notifications: told, databaseOf: (name: string) => databases.get(name) as string };
}

export type City = Awaited<ReturnType<typeof startCity>>;

/** Files a request at intake, as a web form does. */
export async function fileRequest(city: City, districtCode: string): Promise<{ caseId: string }> {
  const body = {
    reporter: { name: 'Người gọi thử', phone: '0912345678' },
    needs: ['food'],
    address: { districtCode },
  };
  const answer = await city.ask(`${city.intake.url}/requests`, { as: 'operator-1', body });
  if (answer.status !== 201) throw new Error(`intake answered with ${answer.status}: ${answer.text}`);
  return answer.body as { caseId: string };
}
