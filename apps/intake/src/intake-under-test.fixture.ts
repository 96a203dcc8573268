import { serviceUnderTest, type ServiceUnderTest } from '@tiepsuc/testing';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { intake } from './service.js';

const ACCOUNTS = [
  { id: 'officer-1', roles: ['officer'], offices: ['q5'] },
  { id: 'notifications', roles: ['service'], offices: [] },
];

export type IntakeUnderTest = Awaited<ReturnType<typeof intakeUnderTest>>;

/** Intake as it is, and connections of its owner to its database and to its event log. */
export async function intakeUnderTest(settings: Readonly<Record<string, string>> = {}) {
  const own = { VAULT_KEY: randomBytes(32).toString('base64'), PUBLIC_REQUESTS_PER_MINUTE: '100000' };
  const service: ServiceUnderTest = await serviceUnderTest(intake, {
    accounts: ACCOUNTS,
    settings: { ...own, ...settings },
  });
  const database = new pg.Pool({ connectionString: service.env['DATABASE_URL'], max: 2 });
  const eventLog = new pg.Pool({ connectionString: service.env['EVENT_LOG'], max: 2 });
  service.closeFirst(async () => void (await Promise.all([database.end(), eventLog.end()])));
  return Object.assign(service, { database, eventLogRows: eventLog });
}
