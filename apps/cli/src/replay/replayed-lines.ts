import type { TableComparison } from '@tiepsuc/replay';
import { columns } from '../columns.js';
import type { Replayed } from './replay-service.js';

const FINDINGS_SHOWN = 20;

/** Whether everything held, and the sentence that says so. */
export function verdictOf({ report, comparison }: Replayed): {
  isGood: boolean;
  sentence: (service: string) => string;
} {
  const findings = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
  const tables = comparison?.tables ?? [];
  const differences = tables.reduce((sum, one) => sum + one.different + one.onlyLive + one.onlyReplayed, 0);
  const rows = tables.reduce((sum, one) => sum + one.equal, 0);
  const isGood = findings === 0 && differences === 0;
  const read = `${report.records} records`;
  return {
    isGood,
    sentence: (service) => {
      if (!isGood) return `${service}: NOT equal: ${findings} findings in ${read}, ${differences} rows differ.`;
      if (!comparison) return `${service}: rebuilt from ${read}; the log is whole.`;
      return `${service}: equal: ${rows} rows from ${read}.`;
    },
  };
}

/** What a person reads; the verdict is the last line. */
export function replayedLines(service: string, replayed: Replayed): string[] {
  const { report, comparison } = replayed;
  const findings = report.findings.slice(0, FINDINGS_SHOWN).map(({ kind, topic, partition, offset, ...more }) => {
    const place = [topic, partition, offset].filter((part) => part !== undefined).join('/');
    const named = [more.problem, more.subject, more.sequence && `no. ${more.sequence}`].filter(Boolean).join(' ');
    return `! ${kind} at ${place}${named ? `: ${named}` : ''}`;
  });
  return [
    `Read ${report.records} records, folded ${report.folded}, ${report.repeats} came twice.`,
    ...Object.entries(report.counts).map(([kind, count]) => `! ${kind}: ${count}`),
    ...findings,
    ...(comparison ? tableLines(comparison.tables) : []),
    verdictOf(replayed).sentence(service),
  ];
}

function tableLines(tables: readonly TableComparison[]): string[] {
  const rows = tables.map((one) =>
    [one.table, one.equal, one.ahead, one.different, one.onlyLive, one.onlyReplayed].map(String),
  );
  const examples = tables.flatMap(({ table, examples: found }) =>
    found.map(
      ({ key, kind, columns: names }) =>
        `! ${table} ${key.join(' ')}: ${kind}${names ? ` in ${names.join(', ')}` : ''}`,
    ),
  );
  return [...columns([['table', 'equal', 'ahead', 'different', 'only live', 'only replayed'], ...rows]), ...examples];
}

/** The same for programs. Offsets are texts. */
export function replayedJson(service: string, replayed: Replayed): string {
  const { report, comparison } = replayed;
  const ends = report.ends.map(({ topic, partition, next }) => ({ topic, partition, next: next.toString() }));
  const { isGood } = verdictOf(replayed);
  return JSON.stringify({ service, isGood, report: { ...report, ends }, comparison }, undefined, 2);
}
