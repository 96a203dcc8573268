import type { DecidedEvent } from '@tiepsuc/contracts';
import type { Aggregate, AnyAggregate } from './aggregate.js';
import type { CommandContext } from './command-context.js';
import type { Database, Sql } from './database.js';
import { GROUP_COMMIT_LIMITS, GroupCommit, type GroupCommitLimits, type Settled } from './group-commit.js';
import type { DecisionContext } from './decision-context.js';
import { refuseRepeat } from './refusals.js';
import { RowWriter, type RowChange } from './rows.js';
import { jsonTexts, textArray } from '@tiepsuc/sql-arrays';
import { UnitOfWork, type AggregateSnapshot } from './unit-of-work.js';

/** One change of one aggregate. */
export interface Change<State extends object, E extends DecidedEvent, Answer> {
  readonly key: string;
  readonly context: CommandContext;
  /** Pure and synchronous. Returns [] when there is nothing to change; throws Refusal when it is forbidden. */
  decide(state: State, moment: DecisionContext): readonly E[];
  /** The caller's answer; JSON, because it is stored for repeats of the command. */
  answer?(state: State, events: readonly E[]): Answer;
  /** The key was made for this change, so no state can exist: saves the look-up. */
  readonly isNewKey?: boolean;
  /** Rows written if, and only if, events are recorded: personal details in the vault. */
  readonly rows?: readonly RowChange[];
}

/** The outcome of a change. */
export interface Changed<State, Answer> {
  readonly key: string;
  readonly sequence: number;
  readonly state: State;
  /** Undefined when the change gave no `answer` function. */
  readonly answer: Answer;
  /** The command is a repeat: nothing was done now, `key` and `answer` are those of the first time. */
  readonly repeated: boolean;
}

const FORGET_AT_ONCE = 5_000;
const FORGET_TIMES_MAX = 200;

type Job = Change<object, DecidedEvent, unknown> & { readonly aggregate: AnyAggregate };
type Done = Changed<object, unknown>;

export interface JournalOptions {
  readonly database: Database;
  readonly clock?: () => Date;
  readonly limits?: Partial<GroupCommitLimits>;
  /** Called with the number of changes of each committed transaction. */
  readonly onBatch?: (size: number) => void;
}

/** The one way to change anything in a service. */
export class Journal {
  readonly rowWriter: RowWriter;
  private readonly commits: GroupCommit<Job, Done>;
  private readonly listeners = new Set<() => void>();
  private readonly clock: () => Date;

  constructor(private readonly options: JournalOptions) {
    this.clock = options.clock ?? (() => new Date());
    this.rowWriter = new RowWriter(options.database.dataSource);
    this.commits = new GroupCommit((jobs, attempt) => this.commit(jobs, attempt), {
      limits: { ...GROUP_COMMIT_LIMITS, ...options.limits },
      onBatch: options.onBatch,
    });
  }

  /** Changes that wait for a transaction. */
  get queued(): number {
    return this.commits.queued;
  }

  /**
   * Decides on an aggregate's state and stores the events; resolves when they are durable.
   * @throws Refusal what the decision refused; Overloaded, Unavailable: nothing was acknowledged, ask again.
   */
  async change<State extends object, E extends DecidedEvent, Answer = undefined>(
    aggregate: Aggregate<State, E>,
    change: Change<State, E, Answer>,
  ): Promise<Changed<State, Answer>> {
    const done = await this.commits.submit({ ...change, aggregate } as unknown as Job);
    if (!done.repeated) this.announce();
    return done as Changed<State, Answer>;
  }

  /** Reads an aggregate's state without locking it; undefined when nothing was ever recorded about it. */
  async read<State extends object, E extends DecidedEvent>(
    aggregate: Aggregate<State, E>,
    key: string,
  ): Promise<Pick<AggregateSnapshot<State>, 'sequence' | 'state' | 'isExercise'> | undefined> {
    const [row] = await this.options.database.run<{ sequence: string; state: State; exercise: boolean }>({
      name: 'journal-read',
      text: 'SELECT sequence, state, exercise FROM state WHERE kind = $1 AND key = $2',
      values: [aggregate.kind, key],
    });
    return row && { sequence: Number(row.sequence), state: row.state, isExercise: row.exercise };
  }

  /** A unit of work for a caller that brings its own transaction: the reaction runner. */
  begin(): UnitOfWork {
    return new UnitOfWork(this.clock());
  }

  /** Calls back after a commit, so that the relay need not poll. Returns how to stop. */
  onRecorded(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  announce(): void {
    for (const listener of this.listeners) listener();
  }

  /**
   * Deletes idempotency keys older than 30 days, because a repeat that late is a new request: a million at most, in
   * transactions of 5,000.
   */
  async forgetOldCommands(): Promise<void> {
    for (let n = 0; n < FORGET_TIMES_MAX; n++) {
      const [row] = await this.options.database.run<{ forgotten: number }>({
        text: `WITH forgotten AS (DELETE FROM handled_command WHERE id IN (SELECT id FROM handled_command
          WHERE recorded_at < now() - interval '30 days' LIMIT ${FORGET_AT_ONCE}) RETURNING 1)
          SELECT count(*)::int AS forgotten FROM forgotten`,
      });
      if ((row?.forgotten ?? 0) < FORGET_AT_ONCE) return;
    }
  }

  /** Resolves when everything that was submitted is settled. */
  async drain(): Promise<void> {
    await this.commits.drain();
  }

  private async commit(jobs: readonly Job[], attempt: number): Promise<Settled<Done>[]> {
    return this.options.database.transaction(async (sql) => {
      const work = new UnitOfWork(this.clock());
      // On a second attempt the first may have been committed unseen: then even a new key has a state.
      const maybeThere = jobs.filter((job) => !job.isNewKey || attempt > 1);
      // Read after the locks: a repeat that waited for the first one must see its key.
      const [, commands] = await Promise.all([work.load(sql, maybeThere), handledCommands(sql, jobs)]);
      const settled = jobs.map((job) => this.settle(job, { work, commands, attempt }));
      work.write(sql, this.rowWriter);
      rememberCommands(sql, commands.added);
      return settled;
    });
  }

  private settle(
    job: Job,
    { work, commands, attempt }: { work: UnitOfWork; commands: HandledCommands; attempt: number },
  ): Settled<Done> {
    const { key, context } = job;
    try {
      // mutant: look-up-handled
      const handled = context.idempotencyKey === undefined ? undefined : commands.handled.get(context.idempotencyKey);
      if (handled) return { ok: true, result: repeated(handled, context) };
      if (job.isNewKey) work.start(job);
      const before = work.remembered(job);
      const wasCommitted = job.isNewKey === true && attempt > 1 && before.sequence > 0;
      const events = wasCommitted ? [] : job.decide(before.state, work.moment);
      work.record(job, events, context);
      if (events.length > 0) work.addRows(job.rows ?? []);
      const { sequence, state } = work.remembered(job);
      const answer = job.answer?.(state, events);
      // mutant: keep-handled
      if (context.idempotencyKey !== undefined)
        commands.add({
          id: context.idempotencyKey,
          fingerprint: context.fingerprint ?? null,
          key,
          sequence,
          answer: answer ?? null,
        });
      return { ok: true, result: { key, sequence, state, answer, repeated: false } };
    } catch (error) {
      return { ok: false, error };
    }
  }
}

interface HandledCommandRow {
  readonly id: string;
  readonly fingerprint: string | null;
  readonly key: string;
  readonly sequence: number;
  readonly answer: unknown;
}

interface HandledCommands {
  readonly handled: Map<string, HandledCommandRow>;
  readonly added: HandledCommandRow[];
  add(row: HandledCommandRow): void;
}

async function handledCommands(sql: Sql, jobs: readonly Job[]): Promise<HandledCommands> {
  const ids = jobs.flatMap(({ context }) => (context.idempotencyKey === undefined ? [] : [context.idempotencyKey]));
  const rows =
    ids.length === 0
      ? []
      : await sql.run<HandledCommandRow>({
          name: 'journal-commands',
          text: 'SELECT id, fingerprint, key, sequence::int, answer FROM handled_command WHERE id = ANY($1::text[])',
          values: [textArray(ids)],
        });
  const handled = new Map(rows.map((row) => [row.id, row]));
  const added: HandledCommandRow[] = [];
  return {
    handled,
    added,
    add: (row) => {
      handled.set(row.id, row);
      added.push(row);
    },
  };
}

function rememberCommands(sql: Sql, added: readonly HandledCommandRow[]): void {
  if (added.length === 0) return;
  const rows = [...added].sort((a, b) => (a.id < b.id ? -1 : 1));
  sql.send({
    name: 'journal-remember-commands',
    text: `INSERT INTO handled_command (id, fingerprint, key, sequence, answer)
      SELECT i, f, k, n, a::json
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], string_to_array($5, chr(30))) AS t(i, f, k, n, a)`,
    values: [
      textArray(rows.map((row) => row.id)),
      textArray(rows.map((row) => row.fingerprint)),
      textArray(rows.map((row) => row.key)),
      textArray(rows.map((row) => row.sequence)),
      jsonTexts(rows.map((row) => row.answer)),
    ],
  });
}

function repeated(handled: HandledCommandRow, context: CommandContext): Done {
  if (handled.fingerprint !== (context.fingerprint ?? null)) {
    throw refuseRepeat('idempotency-key-reused');
  }
  return { key: handled.key, sequence: handled.sequence, state: {}, answer: handled.answer, repeated: true };
}
