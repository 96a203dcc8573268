import { median } from './statistics.js';

/** One line of the result: medians over the rounds. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  /** What Tiếp Sức does; null where the row is a limit only. */
  readonly ours: number | null;
  /** What the same machine does at most, measured in the same run; null where there is no such thing. */
  readonly limit: number | null;
  /** The tutorial stack is not measured by this bench. */
  readonly tutorial: null;
  readonly ratioToLimit: number | null;
  /** Milliseconds of one answer under the closed loop. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly rounds: number;
  /** The row's own figure in each round, in their order. */
  readonly each: readonly number[];
}

/** A rate of requests with the time of one answer, in milliseconds. */
export interface HttpFigure {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface EndToEndFigure {
  readonly cases: number;
  /** Accepted per second while requests were filed. */
  readonly filedPerSecond: number;
  /** From the first filing until the last case was in an office's inbox. */
  readonly visiblePerSecond: number;
  /** Until its audit record was stored and its notification queued too. */
  readonly settledPerSecond: number;
  /** Records that the services journalled for one case. */
  readonly recordsPerCase: number;
  /** CPU by process until everything had settled, microseconds per case; undefined where the system does not tell. */
  readonly cpuMicrosPerCase: Readonly<Record<string, number>> | undefined;
}

/** What one round found. */
export interface RoundFigures {
  readonly insertPairsPerSecond: number;
  readonly echo: HttpFigure;
  readonly framework: HttpFigure;
  readonly intake: HttpFigure & {
    readonly changesPerCommit: number;
    readonly cpuMicrosPerRequest: Readonly<Record<string, number>> | undefined;
  };
  readonly endToEnd: EndToEndFigure;
}

export const SERVICES = ['intake', 'routing', 'district', 'notifications', 'audit'] as const;
export type ServiceName = (typeof SERVICES)[number];

type Figure = (round: RoundFigures) => number;

/** The rows of all rounds together. A ratio is the median of the rounds' ratios: each round compares like with like. */
export function rowsOf(rounds: readonly RoundFigures[]): BenchRow[] {
  const http = (pick: (round: RoundFigures) => HttpFigure) => ({
    ours: (round: RoundFigures) => pick(round).perSecond,
    p50: (round: RoundFigures) => pick(round).p50Ms,
    p99: (round: RoundFigures) => pick(round).p99Ms,
  });
  const { ours: echoRate, ...echoTimes } = http(({ echo }) => echo);
  const framework = http((round) => round.framework);
  const intake = http((round) => round.intake);
  /** If recording a case's events with their outbox rows were all there is to do. */
  const recordLimit: Figure = ({ insertPairsPerSecond, endToEnd }) => insertPairsPerSecond / endToEnd.recordsPerCase;
  const rate = 'requests/s';
  return [
    row(rounds, { name: 'two-table insert', unit: 'row pairs/s', limit: (round) => round.insertPairsPerSecond }),
    row(rounds, { name: 'node:http echo', unit: rate, limit: echoRate, ...echoTimes }),
    row(rounds, { name: 'framework, nothing stored', unit: rate, limit: echoRate, ...framework }),
    row(rounds, { name: 'intake', unit: rate, limit: echoRate, ...intake }),
    row(rounds, { name: 'intake, limit: framework', unit: rate, limit: framework.ours, ...intake }),
    row(rounds, {
      name: 'intake, commit',
      unit: 'changes/commit',
      ours: (round) => round.intake.changesPerCommit,
    }),
    ...cpuRows(rounds, 'intake, CPU', ({ intake: { cpuMicrosPerRequest } }) => cpuMicrosPerRequest),
    row(rounds, {
      name: 'end to end (postgres)',
      unit: 'cases/s',
      ours: ({ endToEnd }) => endToEnd.visiblePerSecond,
      limit: recordLimit,
    }),
    row(rounds, {
      name: 'end to end, settled (postgres)',
      unit: 'cases/s',
      ours: ({ endToEnd }) => endToEnd.settledPerSecond,
      limit: recordLimit,
    }),
    row(rounds, {
      name: 'end to end, accepted (postgres)',
      unit: 'cases/s',
      ours: ({ endToEnd }) => endToEnd.filedPerSecond,
    }),
    row(rounds, {
      name: 'end to end, records',
      unit: 'records/case',
      ours: ({ endToEnd }) => endToEnd.recordsPerCase,
    }),
    ...cpuRows(rounds, 'end to end, CPU', ({ endToEnd: { cpuMicrosPerCase } }) => cpuMicrosPerCase),
  ];
}

interface RowParts {
  readonly name: string;
  readonly unit: string;
  readonly ours?: Figure;
  readonly limit?: Figure;
  readonly p50?: Figure;
  readonly p99?: Figure;
}

function row(rounds: readonly RoundFigures[], { name, unit, ours, limit, p50, p99 }: RowParts): BenchRow {
  const over = (pick: Figure | undefined): number | null => (pick ? median(rounds.map(pick)) : null);
  const ratio: Figure | undefined = ours && limit && ((round) => ours(round) / limit(round));
  const own = ours ?? limit;
  return {
    name,
    unit,
    ours: over(ours),
    limit: over(limit),
    tutorial: null,
    ratioToLimit: over(ratio),
    p50: over(p50),
    p99: over(p99),
    rounds: rounds.length,
    each: own ? rounds.map(own) : [],
  };
}

/** A row per process and one for all services; none where the system does not tell. */
function cpuRows(
  rounds: readonly RoundFigures[],
  what: string,
  pick: (round: RoundFigures) => Readonly<Record<string, number>> | undefined,
): BenchRow[] {
  const first = rounds[0] && pick(rounds[0]);
  if (!first) return [];
  const of =
    (name: string): Figure =>
    (round) =>
      pick(round)?.[name] ?? 0;
  const services = SERVICES.filter((name) => name in first);
  const sum: Figure = (round) => services.reduce((total, name) => total + of(name)(round), 0);
  const rows = Object.keys(first).map((name) =>
    row(rounds, { name: `${what}: ${name}`, unit: 'µs each', ours: of(name) }),
  );
  return services.length > 1
    ? [...rows, row(rounds, { name: `${what}: all services`, unit: 'µs each', ours: sum })]
    : rows;
}
