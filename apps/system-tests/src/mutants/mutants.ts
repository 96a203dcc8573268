import { SUMS_CHECKS } from '../sums/check-sums.js';
import { APPEND_CHECKS } from './append-checks.js';
import type { Mutant, Patch } from './mutant.js';

/** The log stores a record again when it is appended again, as Kafka does; its unique event ids must go too. */
const STORES_TWICE: readonly Patch[] = [
  {
    file: 'event-log/src/postgres/log-schema.ts',
    find: 'PRIMARY KEY (place, "offset"), UNIQUE (event_id));',
    replace: 'PRIMARY KEY (place, "offset"));',
  },
  {
    file: 'event-log/src/postgres/log-schema.ts',
    find: 'IF EXISTS (SELECT FROM elog.record r WHERE r.event_id = ANY (p_id)) THEN',
    replace: 'IF false THEN',
  },
];

/**
 * Every rule that is broken on purpose, in the order in which an increment meets it. Many rules have a second one behind
 * them, so some mutants break both: one that is caught by the second rule alone is not wrong.
 *
 * `mutants.spec.ts` says at once which patch no longer fits the sources: then find the same rule in the changed file and
 * copy its lines, as they stand, into `find`.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledges-before-commit',
    rule: 'a change is acknowledged after its COMMIT',
    patches: [
      {
        file: 'journal/src/database.ts',
        find: '        await sql.commit();\n',
        replace: '        void sql.commit().catch(() => undefined);\n',
      },
    ],
    trial: { on: 'sums', faults: 10, kinds: ['late-then-reset', 'postgres'], ways: ['producer'] },
    caughtBy: [SUMS_CHECKS.acknowledged],
  },
  {
    name: 'ignores-idempotency-key',
    rule: 'the same cause twice has one effect',
    patches: [
      {
        file: 'journal/src/journal.ts',
        find: 'const handled = context.idempotencyKey === undefined ? undefined : commands.handled.get(context.idempotencyKey);',
        replace: 'const handled = undefined as HandledCommandRow | undefined;',
      },
      {
        file: 'journal/src/journal.ts',
        find: 'if (context.idempotencyKey !== undefined)\n',
        replace: 'if (attempt < 0)\n',
      },
    ],
    trial: { on: 'sums', faults: 3, kinds: ['drop-responses'], ways: ['producer'] },
    caughtBy: [SUMS_CHECKS.operations],
  },
  {
    name: 'decides-without-lock',
    rule: 'a state is locked while something is decided on it, and its number is unique',
    patches: [
      {
        file: 'journal/src/unit-of-work.ts',
        find: 'ORDER BY kind, key FOR UPDATE`',
        replace: 'ORDER BY kind, key`',
      },
      {
        file: 'journal/src/migrations/1700000000001-journal.ts',
        find: 'UNIQUE (subject, topic, sequence)',
        replace: 'CHECK (position > 0)',
      },
    ],
    trial: { on: 'sums', faults: 2, kinds: ['kill'] },
    caughtBy: [SUMS_CHECKS.askedOrder],
  },
  {
    name: 'relays-by-cursor',
    rule: 'the outbox is a queue: a record that is seen late is not stepped over',
    patches: [
      {
        file: 'messaging/src/relay.ts',
        find: '  private published: readonly string[] = [];\n',
        replace: '  private published: readonly string[] = [];\n  private cursor = 0n;\n',
      },
      {
        file: 'messaging/src/relay.ts',
        find: '    this.options.onPublished?.(rows.length);\n',
        replace:
          "    this.options.onPublished?.(rows.length);\n    this.cursor = BigInt(rows.at(-1)?.position ?? '0');\n",
      },
      {
        file: 'messaging/src/relay.ts',
        find: '    this.published = [];\n    return rows;\n',
        replace:
          '    this.published = [];\n    return rows.filter(({ position }) => BigInt(position) > this.cursor);\n',
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
        file: 'messaging/src/relay.ts',
        find: '    await this.options.log.append(\n',
        replace: `    await this.options.database.run({
      text: 'DELETE FROM outbox WHERE first_position = ANY($1::bigint[])',
      values: [textArray(rows.map(({ position }) => position))],
    });
    await this.options.log.append(\n`,
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
        file: 'messaging/src/relay.ts',
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
    patches: [
      {
        file: 'event-log/src/postgres/log-schema.ts',
        find: 'DO UPDATE SET epoch = excluded.epoch WHERE p.epoch <= excluded.epoch;',
        replace: 'DO UPDATE SET epoch = excluded.epoch;',
      },
    ],
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
    patches: [
      ...STORES_TWICE,
      {
        file: 'messaging/src/stream-positions.ts',
        find: "if (sequence <= last) return 'seen';",
        replace: "if (sequence <= last) return 'next';",
      },
    ],
    trial: { on: 'sums', faults: 4, kinds: ['crash-after-append'] },
    caughtBy: [SUMS_CHECKS.effects],
  },
  {
    name: 'reads-without-claim',
    rule: 'an offset is moved only by whoever claimed it last',
    patches: [
      {
        file: 'messaging/src/fenced-reader.ts',
        find: 'if (!offset || offset.claim !== part.state.claim)',
        replace: 'if (!offset)',
      },
    ],
    trial: { on: 'sums', faults: 4, kinds: ['stall-before-batch'] },
    caughtBy: [SUMS_CHECKS.fencing],
  },
  {
    name: 'reads-without-offset-check',
    rule: 'records below the stored offset are dropped',
    patches: [
      {
        file: 'messaging/src/fenced-reader.ts',
        find: 'part.records.filter((record) => record.offset >= offset.next)',
        replace: 'part.records',
      },
      {
        file: 'messaging/src/fenced-reader.ts',
        find: 'const hole = holeIn(unseen, offset.next);',
        replace: 'const hole = undefined as bigint | undefined;',
      },
    ],
    trial: { on: 'sums', faults: 14, kinds: ['drop-responses'], ways: ['consumer'] },
    caughtBy: [SUMS_CHECKS.tally],
  },
  {
    name: 'moves-offset-before-effect',
    rule: 'offset and effects commit together',
    patches: [
      {
        file: 'messaging/src/fenced-reader.ts',
        find: '      if (unprocessed.size > 0) batch[treatment](sql, unprocessed);\n      advanceOffsets(sql, moved);\n',
        replace: `      advanceOffsets(sql, moved);
      await sql.run({ text: 'COMMIT' });
      await sql.run({ text: 'BEGIN' });
      if (unprocessed.size > 0) batch[treatment](sql, unprocessed);\n`,
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
        file: 'event-log/src/partition-run.ts',
        find: '      else this.next = next;\n',
        replace: '      else this.next = next === 0n ? await (this.source as unknown as AtTheEnd).end() : next;\n',
      },
      {
        file: 'event-log/src/partition-run.ts',
        find: 'export interface TopicPartition {\n',
        replace: 'interface AtTheEnd {\n  end(): Promise<bigint>;\n}\n\nexport interface TopicPartition {\n',
      },
      {
        file: 'event-log/src/postgres/postgres-subscription.ts',
        find: '      pause,\n',
        replace: '      end: async () => (await readHeads(pool, [topicPartition]))[0] ?? 0n,\n      pause,\n',
      },
      {
        file: 'event-log/src/postgres/postgres-subscription.ts',
        find: '    const { log } = this.parts;\n    return {\n',
        replace: '    const { log, pool } = this.parts;\n    return {\n',
      },
      {
        file: 'messaging/src/fenced-reader.ts',
        find: 'const hole = holeIn(unseen, offset.next);',
        replace: 'const hole = undefined as bigint | undefined;',
      },
    ],
    trial: { on: 'sums', faults: 2, kinds: ['kill'] },
    caughtBy: [SUMS_CHECKS.tally],
  },
  {
    name: 'passes-a-parked-key',
    rule: 'what follows a parked record under its key waits behind it',
    patches: [
      {
        file: 'messaging/src/reaction-batch.ts',
        find: '    this.parked.add(item.name);\n',
        replace:
          '    if (item.stream && item.envelope) this.positions.seen(item.stream, Number(item.envelope.sequence));\n',
      },
      {
        file: 'messaging/src/reaction-batch.ts',
        find: '    [this.parked] = await Promise.all([parkedAmong(sql, keys), this.loadAgain(sql)]);\n',
        replace: '    await Promise.all([parkedAmong(sql, keys), this.loadAgain(sql)]);\n',
      },
      {
        file: 'messaging/src/parked-keys-sql.ts',
        find: 'SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])`',
        replace:
          'SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[]) ON CONFLICT DO NOTHING`',
      },
    ],
    trial: { on: 'sums', faults: 4, kinds: ['poison', 'kill'] },
    caughtBy: [SUMS_CHECKS.effects],
  },
  {
    name: 'sends-concurrently',
    rule: 'one send at a time per Kafka producer',
    patches: [
      {
        file: 'event-log/src/kafka/serial-producer.ts',
        find: 'const result = this.tail.then(() => this.appendInRequests(records));',
        replace: 'const result = this.appendInRequests(records);',
      },
    ],
    trial: { on: 'kafka-appends' },
    caughtBy: [APPEND_CHECKS.concurrent],
  },
  {
    name: 'keeps-a-producer-that-failed',
    rule: 'a new Kafka producer after any failure',
    patches: [
      {
        file: 'event-log/src/kafka/serial-producer.ts',
        find: '      void this.forget();\n',
        replace: '',
      },
    ],
    trial: { on: 'kafka-appends' },
    caughtBy: [APPEND_CHECKS.afterFailure],
  },
];
