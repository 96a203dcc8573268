import {
  eventNamed,
  LegOpened,
  officeCasesTopic,
  topicNamed,
  type LegEvent,
  type NamedTopic,
} from '@tiepsuc/contracts';
import { aggregate, upsert } from '@tiepsuc/journal';
import type { Reaction } from '@tiepsuc/messaging';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The smallest service with effects that must not happen twice: a request counts people, and the count is
 * added to the balance of a key. The catalogue of events is closed, so an increment is a leg that opens: its request
 * id names the operation, its household size is the amount.
 */
export interface Increment {
  /** A UUID; the idempotency key of the caller. */
  readonly operation: string;
  /** A UUID; increments of one key are ordered. */
  readonly key: string;
  readonly amount: number;
}

export interface SumsTopics {
  /** Increments that producers asked for. */
  readonly asked: NamedTopic;
  /** Effects that consumers had, one for each increment. */
  readonly counted: NamedTopic;
}

/** The topics of one run. `run` is of lower-case letters and digits, so that runs can share an event log. */
export function topicsOf(run: string): SumsTopics {
  return {
    asked: topicNamed(officeCasesTopic, { office: askedOffice(run) }),
    counted: topicNamed(officeCasesTopic, { office: countedOffice(run) }),
  };
}

export const askedOffice = (run: string): string => `sums-${run}`;
export const countedOffice = (run: string): string => `sums-${run}-counted`;

/** The two groups of a run: one reacts, one only counts what the log holds. */
export const groupsOf = (run: string) => ({ reactions: `sums.${run}.count`, tally: `sums.${run}.tally` });

const KEYS = 40;

/** The keys of every run: few, so that writers collide on them. */
export const HOT_KEYS: readonly string[] = Array.from(
  { length: KEYS },
  (_, n) => `00000000-0000-7000-8000-${String(n + 1).padStart(12, '0')}`,
);

export function incrementEvent(office: string, { operation, key, amount }: Increment): LegEvent {
  return {
    type: 'LegOpened',
    data: {
      office,
      legId: key,
      caseId: key,
      requestId: operation,
      householdSize: amount,
      reporterRef: key,
      beneficiaryRef: key,
      notifyBy: 'none',
      language: 'vi',
      trackingCode: 'SUMS',
      needs: ['food'],
      urgency: 'normal',
      unitsVersion: '2021-01-01',
      hop: 0,
      occurredAt: '2021-07-22T11:00:00.000Z',
    },
  };
}

/** Reads back what `incrementEvent` wrote. */
export function incrementIn(event: object): Increment {
  const { requestId, legId, householdSize } = event as LegOpened;
  return { operation: requestId, key: legId, amount: householdSize ?? 0 };
}

export interface Sum {
  readonly people: number;
  readonly times: number;
}

/** Adds, so that an event that counts twice is seen. */
function add({ people, times }: Sum, event: LegEvent): Sum {
  return { people: people + incrementIn(event.data).amount, times: times + 1 };
}

/** What the producer's side remembers of a key. */
export const counters = aggregate<Sum, LegEvent>({
  kind: 'counter',
  topic: officeCasesTopic,
  initial: { people: 0, times: 0 },
  evolve: add,
});

@Entity('balance')
export class BalanceRow {
  @PrimaryColumn({ type: 'uuid' }) key!: string;
  @Column({ type: 'bigint' }) people!: number;
  @Column({ type: 'bigint' }) times!: number;
}

/** One record of the log, each time that a reader handed it over. */
@Entity('tally')
export class TallyRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ type: 'text' }) topic!: string;
  @Column({ type: 'integer' }) partition!: number;
  /** Its offset. */
  @Column({ type: 'bigint' }) place!: string;
  @Column({ type: 'uuid' }) key!: string;
  @Column({ type: 'integer' }) people!: number;
}

/** What the consumer's side remembers of a key. */
export const balances = aggregate<Sum, LegEvent>({
  kind: 'balance',
  topic: officeCasesTopic,
  initial: { people: 0, times: 0 },
  evolve: add,
  project: ({ people, times }, key) => [upsert(BalanceRow, { key, people, times })],
});

/** Adds to the balance and says so in an event of its own. A key that is poisoned cannot be handled until it is cured. */
export function countPeople(office: string, poisoned: ReadonlySet<string>): Reaction {
  return {
    type: eventNamed(LegOpened.name).type,
    aggregate: balances,
    key: ({ data }) => (data as LegOpened).legId,
    decide: (_, { data }) => {
      if (poisoned.has((data as LegOpened).legId)) throw new TypeError('poisoned');
      return [incrementEvent(office, incrementIn(data))];
    },
  };
}
