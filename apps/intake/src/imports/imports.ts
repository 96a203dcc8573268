import { Injectable } from '@nestjs/common';
import type { CommandContext } from '@tiepsuc/journal';
import { compileCheck } from '@tiepsuc/runtime';
import { setImmediate } from 'node:timers/promises';
import { interpretRequest, type InterpretedRequest } from '../domain/interpret-request.js';
import { FileRequestBody } from '../http/file-request.body.js';
import { Requests } from '../store/requests.js';
import { VaultKeys } from '../vault/vault-keys.js';
import { bodyFrom, columnsOf, type Column } from './csv-columns.js';
import { cellsOf, delimiterOf, linesOf, recordsOf, type CsvRecord } from './csv-records.js';
import { refusedRow, refuseRow, type RefusedRow } from './refused-row.js';
import { refuse } from './refusals.js';

export const IMPORT_ROWS_MAX = 50_000;
/** Rows on their way into the journal at once: enough to fill its transactions, few enough to leave it to others. */
const ROWS_IN_FLIGHT_MAX = 256;
/** Maximum rows that are read before other work gets the processor. */
const ROWS_PER_TURN = 500;
/** Imports that run at once in one process; each holds its file in memory. */
const IMPORTS_AT_ONCE_MAX = 2;
const BATCH_DIGITS = 16;

export interface ImportOutcome {
  /** Requests that are in now. */
  readonly accepted: number;
  /** Of these, those that an earlier import of the same file had brought in already. */
  readonly alreadyFiled: number;
  readonly refused: readonly RefusedRow[];
  /** The header as it came. */
  readonly header: readonly string[];
}

const checkBody = compileCheck(FileRequestBody, { whole: 'row' });

/** Takes in many requests from one file: good rows are filed, the others go back with the reason. */
@Injectable()
export class Imports {
  private running = 0;

  constructor(
    private readonly requests: Requests,
    private readonly keys: VaultKeys,
  ) {}

  /**
   * Files every good row. Each row is a change of its own that names the file and the row, so importing the same
   * file again, also after it broke off in the middle, files nothing twice.
   * @throws Refusal when the file as a whole cannot be understood, or too many imports are running
   */
  async take(text: string, context: CommandContext): Promise<ImportOutcome> {
    if (this.running >= IMPORTS_AT_ONCE_MAX) throw refuse('imports-busy');
    this.running += 1;
    try {
      return await this.takeAll(text, context);
    } finally {
      this.running -= 1;
    }
  }

  private async takeAll(text: string, context: CommandContext): Promise<ImportOutcome> {
    const { columns, header, records } = await readFile(text);
    const digest = this.keys.fileDigest(text);
    const batch = `import-${digest.slice(0, BATCH_DIGITS)}`;
    const refused: RefusedRow[] = [];
    const filed = { accepted: 0, alreadyFiled: 0 };
    await eachOf(records, async (record) => {
      if ('broken' in record) return void refused.push(refusedRow(record, refuseRow(record.broken)));
      const id = `${context.actor}:import${context.exercise ? ':exercise' : ''}:${digest}:${record.number}`;
      try {
        const reading = readRow(record.cells, columns);
        const { repeated } = await this.requests.file(reading, { context: rowContext(context, id), batch });
        filed.accepted += 1;
        if (repeated) filed.alreadyFiled += 1;
      } catch (error) {
        refused.push(refusedRow(record, error));
      }
    });
    refused.sort((a, b) => a.row - b.row);
    return { ...filed, refused, header };
  }
}

/** Each row is a contact of its own, so nothing ties it to the other rows but the batch. */
function rowContext({ actor, traceparent, exercise }: CommandContext, id: string): CommandContext {
  return { idempotencyKey: id, actor, traceparent, exercise };
}

interface ReadFile {
  readonly header: readonly string[];
  readonly columns: readonly (Column | 'passed over')[];
  readonly records: readonly CsvRecord[];
}

async function readFile(text: string): Promise<ReadFile> {
  const lines = linesOf(text);
  const delimiter = delimiterOf(lines[0] ?? '');
  const names = cellsOf(lines[0] ?? '', delimiter);
  if (!names) throw refuse('header-not-valid');
  const columns = columnsOf(names);
  const records: CsvRecord[] = [];
  for (const record of recordsOf(lines, delimiter)) {
    if (records.length === IMPORT_ROWS_MAX) throw refuse('rows-too-many');
    records.push(record);
    if (records.length % ROWS_PER_TURN === 0) await setImmediate();
  }
  return { header: names, columns, records };
}

function readRow(cells: CsvRecord['cells'], columns: ReadFile['columns']): InterpretedRequest {
  const asked = checkBody(bodyFrom(columns, cells));
  const arrivedAt = new Date().toISOString();
  return interpretRequest(asked, { arrivedAt, channel: 'csv', mayChooseChannel: false });
}

/** Works on several items at once; after a failure the others finish, then it is thrown. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length && !failure; at = next++) {
      if (at % ROWS_PER_TURN === 0) await setImmediate();
      try {
        await work(items[at]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(ROWS_IN_FLIGHT_MAX, items.length) }, worker));
  if (failure) throw failure.error;
}
