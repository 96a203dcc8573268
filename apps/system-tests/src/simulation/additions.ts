import {
  operationsTopic,
  eventNamed,
  notificationsTopic,
  officeCasesTopic,
  topicNamed,
  type LegEvent,
  type LegOpened,
  type NotificationEvent,
} from '@tiepsuc/contracts';
import { aggregate, journalMigrations, upsert } from '@tiepsuc/journal';
import { Messaging1700000000002, type Reaction } from '@tiepsuc/messaging';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DatabaseSpec } from './simulated-postgres.js';

/** What a client asks for: add an amount to a leg. Twice the same would add twice, if nobody prevented it. */
export interface Addition {
  /** A UUID; the idempotency key too. */
  readonly id: string;
  /** The leg. */
  readonly key: string;
  /** From 1 to 100. */
  readonly amount: number;
  /** The leg was made for this addition, and has no other; the client never asks again. */
  readonly isFresh: boolean;
  /** Sent to two processes at the same time, as by a finger that presses twice. */
  readonly isSentTwice: boolean;
}

/** A leg as its publisher remembers it. The sum is not idempotent on purpose. */
export interface Leg {
  readonly sum: number;
  readonly count: number;
}

@Entity('leg_row')
export class LegRow {
  @PrimaryColumn({ name: 'leg_id', type: 'uuid' }) legId!: string;
  @Column({ type: 'integer' }) sum!: number;
  @Column({ type: 'integer' }) count!: number;
}

export const legs = aggregate<Leg, LegEvent>({
  kind: 'leg',
  topic: officeCasesTopic,
  initial: { sum: 0, count: 0 },
  evolve: ({ sum, count }, event) => ({ sum: sum + amountOf(event), count: count + 1 }),
  project: ({ sum, count }, legId) => [upsert(LegRow, { legId, sum, count })],
});

/** What the reading service made of a leg: every addition in the order in which it took effect. */
export interface Told {
  readonly sum: number;
  readonly additions: readonly string[];
}

/** Sums and lists come from what the reaction puts into the event: office names the amount, outcome the addition. */
export const tolds = aggregate<Told, NotificationEvent>({
  kind: 'told',
  topic: notificationsTopic,
  initial: { sum: 0, additions: [] },
  evolve: ({ sum, additions }, event) =>
    event.type === 'NotificationQueued'
      ? { sum: sum + Number(event.data.office), additions: [...additions, event.data.outcome ?? ''] }
      : { sum, additions },
});

/** Tells the citizen of every addition, and never asks whether it has done so before. */
export const tellOfAddition: Reaction = {
  type: eventNamed('LegOpened').type,
  aggregate: tolds,
  key: ({ data }) => (data as LegOpened).legId,
  decide(_state, received): NotificationEvent[] {
    const { reporterRef, notifyBy, language, trackingCode, caseId, legId, requestId, hop } = received.data as LegOpened;
    const contact = { reporterRef, notifyBy, language, trackingCode, caseId };
    const told = { template: 'case-routed', office: String(hop), outcome: requestId } as const;
    return [{ type: 'NotificationQueued', data: { ...contact, ...told, notificationId: legId } }];
  },
};

export function eventOf({ id, key, amount }: Addition): LegEvent {
  return {
    type: 'LegOpened',
    data: {
      office: OFFICE,
      legId: key,
      caseId: key,
      reporterRef: key,
      notifyBy: 'sms',
      language: 'vi',
      trackingCode: 'ABCD-234-567',
      requestId: id,
      needs: ['food'],
      urgency: 'normal',
      unitsVersion: '2021-01-01',
      beneficiaryRef: key,
      hop: amount,
      occurredAt: '2021-07-22T00:00:00.000Z',
    },
  };
}

function amountOf(event: LegEvent): number {
  return event.type === 'LegOpened' ? event.data.hop : 0;
}

/** A UUID that is made from a number, so that every run has the same ones. */
export function numbered(kind: number, n: number): string {
  return `00000000-0000-7000-8000-${kind.toString(16).padStart(4, '0')}${n.toString(16).padStart(8, '0')}`;
}

const OFFICE = 'q1';
export const REACTING = 'tiepsuc.notifications';
export const TALLYING = 'tiepsuc.tally';
export const topics = {
  cases: topicNamed(officeCasesTopic, { office: OFFICE }),
  notifications: topicNamed(notificationsTopic),
  audit: topicNamed(operationsTopic),
};

const migrations = [...journalMigrations, Messaging1700000000002];

export const DATABASES: readonly DatabaseSpec[] = [
  {
    name: 'publisher',
    migrations,
    entities: [LegRow],
    tables: 'CREATE TABLE leg_row (leg_id uuid PRIMARY KEY, sum int NOT NULL, count int NOT NULL)',
  },
  {
    name: 'reader',
    migrations,
    // No unique column on purpose: nothing here would notice a second time.
    tables: `CREATE TABLE tally (key text PRIMARY KEY, total int NOT NULL);
      CREATE TABLE tally_entry (n int GENERATED ALWAYS AS IDENTITY, key text NOT NULL, addition text NOT NULL)`,
  },
];
