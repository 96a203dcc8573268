import { newId, officeCasesTopic, refusals, type LegEvent } from '@tiepsuc/contracts';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { aggregate } from './aggregate.js';
import { Database } from './database.js';
import { journalMigrations } from './migrations/journal-migrations.js';
import { upsert } from './rows.js';

/** A leg that only knows how far it is; enough to remember something real. */
export interface Leg {
  readonly status: 'none' | 'opened' | 'accepted' | 'resolved';
  readonly acceptedAt?: string;
}

@Entity('leg_row')
export class LegRow {
  @PrimaryColumn({ name: 'leg_id', type: 'uuid' }) legId!: string;
  @Column({ type: 'text' }) status!: string;
  @Column({ name: 'accepted_at', type: 'timestamptz', nullable: true }) acceptedAt!: string | null;
  @Column({ type: 'text', array: true, nullable: true }) marks?: string[];
  @Column({ type: 'boolean' }) exercise!: boolean;
}

export const legs = aggregate<Leg, LegEvent>({
  kind: 'leg',
  topic: officeCasesTopic,
  initial: { status: 'none' },
  evolve(leg, event, { time }) {
    switch (event.type) {
      case 'LegOpened':
        return { status: 'opened' };
      case 'LegAccepted':
        return { status: 'accepted', acceptedAt: time };
      case 'LegResolved':
        return { ...leg, status: 'resolved' };
      case 'LegAcknowledged':
      case 'LegReturned':
        return leg;
    }
  },
  project: ({ status, acceptedAt = null }, legId, { exercise = false }) => [
    upsert(LegRow, { legId, status, acceptedAt, marks: ['a "b"', 'c,d'], exercise }),
  ],
});

export function legFields(legId: string, office = 'q1') {
  const contact = { reporterRef: newId(), notifyBy: 'sms', language: 'vi', trackingCode: 'ABCD-2345-X' } as const;
  return { ...contact, office, legId, caseId: legId };
}

export function opened(legId: string): LegEvent {
  const more = {
    requestId: newId(),
    needs: ['food'],
    urgency: 'normal',
    unitsVersion: '2021-01-01',
    beneficiaryRef: newId(),
    hop: 0,
  } as const;
  return {
    type: 'LegOpened',
    data: { ...legFields(legId), ...more, needs: [...more.needs], occurredAt: '2021-07-22T11:00:00.000Z' },
  };
}

const refuse = refusals({
  'leg-not-open': {
    kind: 'conflict',
    says: { vi: 'Hồ sơ không mở.', en: 'Only an open leg can be accepted.' },
    remedy: { vi: 'Mở hồ sơ trước.', en: 'Open it first.' },
  },
});

export function accept(leg: Leg, legId: string): LegEvent[] {
  if (leg.status === 'accepted') return [];
  if (leg.status !== 'opened') throw refuse('leg-not-open');
  return [{ type: 'LegAccepted', data: legFields(legId) }];
}

/** A database of its own with the journal in it. */
export async function legDatabase(): Promise<{ database: Database; close: () => Promise<void> }> {
  const server = await disposablePostgres();
  const dataSource = new DataSource({
    type: 'postgres',
    url: await server.database(),
    entities: [LegRow],
    migrations: [...journalMigrations],
    extra: { max: 6, pipeline: true },
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query(
    `CREATE TABLE leg_row (leg_id uuid PRIMARY KEY, status text NOT NULL, accepted_at timestamptz, marks text[],
      exercise boolean NOT NULL DEFAULT false)`,
  );
  return { database: new Database(dataSource), close: () => dataSource.destroy() };
}
