import { SUMS_CHECKS } from '../sums/check-sums.js';
import { APPEND_CHECKS } from './append-checks.js';
import type { Mutant, Patch } from './mutant.js';

/** The log stores a record again when it is appended again, as Kafka does; its unique event ids must go too. */
const STORES_TWICE: readonly Patch[] = [
  { mark: 'log-tables', find: ', UNIQUE (event_id)', replace: '' },
  {
    mark: 'log-append',
    find: 'IF EXISTS (SELECT FROM elog.record r WHERE r.event_id = ANY (p_id)) THEN',
    replace: 'IF false THEN',
  },
];

const STEPS_OVER_HOLES: Patch = {
  mark: 'check-offsets',
  find: 'const hole = holeIn(unseen, offset.next);',
  replace: 'const hole = undefined as bigint | undefined;',
};

/**
 * Every rule that is broken on purpose, in the order in which an increment meets it. Many rules have a second one behind
 * them, so some mutants break both: one that is caught by the second rule alone is not wrong.
 *
 * Each is aimed by marks in the libraries, as `// mutant: commit` above the code that keeps the rule. `mutants.spec.ts`
 * says at once which mark has gone, and which patch needs a name that its file has no more.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledges-before-commit',
    rule: 'a change is acknowledged after its COMMIT',
    patches: [{ mark: 'commit', replace: 'void sql.commit().catch(() => undefined);' }],
    trial: { on: 'sums', faults: 10, kinds: ['late-then-reset', 'postgres'], ways: ['producer'] },
    caughtBy: [SUMS_CHECKS.acknowledged],
  },
  {
    name: 'ignores-idempotency-key',
    rule: 'the same cause twice has one effect',
    patches: [
      { mark: 'look-up-handled', replace: 'const handled = undefined as HandledCommandRow | undefined;' },
      {
        mark: 'keep-handled',
        find: 'context.idempotencyKey !== undefined',
        replace: 'context.idempotencyKey !== undefined && attempt < 0',
      },
    ],
    trial: { on: 'sums', faults: 3, kinds: ['drop-responses'], ways: ['producer'] },
    caughtBy: [SUMS_CHECKS.operations],
  },
  {
    name: 'decides-without-lock',
    rule: 'a state is locked while something is decided on it, and its number is unique',
    patches: [
      { mark: 'lock-states', find: ' FOR UPDATE', replace: '' },
      { mark: 'journal-tables', find: 'UNIQUE (subject, topic, sequence)', replace: 'CHECK (position > 0)' },
    ],
    trial: { on: 'sums', faults: 2, kinds: ['kill'] },
    caughtBy: [SUMS_CHECKS.askedOrder],
  },
  {
    name: 'relays-by-cursor',
    rule: 'the outbox is a queue: a record that is seen late is not stepped over',
    patches: [
      {
        mark: 'note-published',
        find: ';',
        replace: "; Object.assign(this, { cursor: BigInt(rows.at(-1)?.position ?? '0') });",
      },
      {
        mark: 'pending-rows',
        replace:
          'const { cursor = 0n } = this as { cursor?: bigint }; return rows.filter(({ position }) => BigInt(position) > cursor);',
      },
    ],
    trial: { on: 'sums', faults: 6, kinds: ['latency', 'reset'], ways: ['producer'] },
    caughtBy: [SUMS_CHECKS.liveness, SUMS_CHECKS.askedOrder],
  },
  {
    name: 'forgets-before-append',
    rule: 'a row leaves the outbox after the log has acknowledged its record',
    patches: [
      {
        mark: 'append-to-log',
        find: 'await this',
        replace: `await this.options.database.run({
      text: 'DELETE FROM outbox WHERE first_position = ANY($1::bigint[])',
      values: [textArray(rows.map(({ position }) => position))],
    });
    await this`,
      },
    ],
    trial: { on: 'sums', faults: 4, kinds: ['crash-before-append'] },
    caughtBy: [SUMS_CHECKS.acknowledged],
  },
  {
    name: 'relays-without-lease',
    rule: 'a relay takes a shard only when nobody holds its lease',
    patches: [
      {
        mark: 'lease-shards',
        find: 'AND (owner = $1 OR owner IS NULL OR lease_until < clock_timestamp())',
        replace: '',
      },
    ],
    trial: { on: 'sums', faults: 2, kinds: ['kill'] },
    caughtBy: [SUMS_CHECKS.leases],
  },
  {
    name: 'appends-without-fence',
    rule: 'the log refuses a producer whose epoch is not the highest',
    patches: [{ mark: 'log-append', find: 'WHERE p.epoch <= excluded.epoch', replace: '' }],
    trial: { on: 'sums', faults: 4, kinds: ['stall-before-append'] },
    caughtBy: [SUMS_CHECKS.epochs],
  },
  {
    name: 'appends-twice',
    rule: 'the embedded log drops an event that it holds',
    patches: STORES_TWICE,
    trial: { on: 'sums', faults: 4, kinds: ['crash-after-append'] },
    caughtBy: [SUMS_CHECKS.noDuplicates],
  },
  {
    name: 'handles-twice',
    rule: 'a record that comes again is dropped by its sequence',
    patches: [...STORES_TWICE, { mark: 'drop-seen', find: "'seen'", replace: "'next'" }],
    trial: { on: 'sums', faults: 4, kinds: ['crash-after-append'] },
    caughtBy: [SUMS_CHECKS.effects],
  },
  {
    name: 'reads-without-claim',
    rule: 'an offset is moved only by whoever claimed it last',
    patches: [{ mark: 'check-offsets', find: ' || offset.claim !== part.state.claim', replace: '' }],
    trial: { on: 'sums', faults: 4, kinds: ['stall-before-batch'] },
    caughtBy: [SUMS_CHECKS.fencing],
  },
  {
    name: 'reads-without-offset-check',
    rule: 'records below the stored offset are dropped',
    patches: [
      { mark: 'check-offsets', find: '.filter((record) => record.offset >= offset.next)', replace: '' },
      STEPS_OVER_HOLES,
    ],
    trial: { on: 'sums', faults: 14, kinds: ['drop-responses'], ways: ['consumer'] },
    caughtBy: [SUMS_CHECKS.tally],
  },
  {
    name: 'moves-offset-before-effect',
    rule: 'offset and effects commit together',
    patches: [
      {
        mark: 'send-effects',
        replace: `advanceOffsets(sql, moved.splice(0));
      await sql.run({ text: 'COMMIT' });
      await sql.run({ text: 'BEGIN' });
      if (unprocessed.size > 0) batch[treatment](sql, unprocessed);`,
      },
    ],
    trial: { on: 'sums', faults: 8, kinds: ['drop-responses', 'kill'], ways: ['consumer'] },
    caughtBy: [SUMS_CHECKS.tally, SUMS_CHECKS.effects],
  },
  {
    name: 'begins-at-the-end',
    rule: 'a group that is new reads from the beginning, and a hole is not stepped over',
    patches: [
      {
        mark: 'read-partition',
        find: 'this.reader',
        replace: `{
        start: async (assignment) => {
          const next = await this.reader.start(assignment);
          return next === 0n ? (await readHeads(this.parts.pool, [topicPartition]))[0] : next;
        },
        batch: (...given) => this.reader.batch(...given),
        stop: (...given) => this.reader.stop(...given),
      }`,
      },
      STEPS_OVER_HOLES,
    ],
    trial: { on: 'sums', faults: 2, kinds: ['kill'] },
    caughtBy: [SUMS_CHECKS.tally],
  },
  {
    name: 'passes-a-parked-key',
    rule: 'what follows a parked record under its key waits behind it',
    patches: [
      {
        mark: 'block-key',
        replace: 'if (item.stream && item.envelope) this.positions.seen(item.stream, Number(item.envelope.sequence));',
      },
      { mark: 'load-blocked-keys', find: '[this.parked] = ', replace: '' },
      { mark: 'park-key', find: '$6::text[])', replace: '$6::text[]) ON CONFLICT DO NOTHING' },
    ],
    trial: { on: 'sums', faults: 4, kinds: ['poison', 'kill'] },
    caughtBy: [SUMS_CHECKS.effects],
  },
  {
    name: 'sends-concurrently',
    rule: 'one send at a time per Kafka producer',
    patches: [{ mark: 'send-in-turn', replace: 'const result = this.appendInRequests(records);' }],
    trial: { on: 'kafka-appends' },
    caughtBy: [APPEND_CHECKS.concurrent],
  },
  {
    name: 'keeps-a-producer-that-failed',
    rule: 'a new Kafka producer after any failure',
    patches: [{ mark: 'forget-producer', replace: '' }],
    trial: { on: 'kafka-appends' },
    caughtBy: [APPEND_CHECKS.afterFailure],
  },
];
