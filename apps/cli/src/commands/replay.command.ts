import { openEventLog } from '@tiepsuc/event-log';
import { openServiceDatabase, type ServiceDefinition } from '@tiepsuc/runtime';
import { CliError } from '../cli-error.js';
import type { Command } from '../command.js';
import { Options } from '../options.js';
import { liveDatabase } from '../replay/live-database.js';
import { replayService, type Replayed } from '../replay/replay-service.js';
import { replayedJson, replayedLines, verdictOf } from '../replay/replayed-lines.js';
import { replayableService, type ReplayableService } from '../replay/replayable-service.js';
import { givenScratch, temporaryScratch } from '../replay/scratch-database.js';
import type { Terminal } from '../terminal.js';

const KINDS = {
  service: 'text',
  'database-url': 'text',
  'event-log': 'text',
  'scratch-url': 'text',
  offices: 'text',
  verify: 'flag',
  json: 'flag',
} as const;
const PROGRESS_EVERY_MS = 5_000;

export const replayCommand: Command = {
  name: 'replay',
  usage: [
    'replay --service <name> --event-log <address> --database-url <address> [--verify]',
    '       [--scratch-url <address>] [--offices q1,q5] [--json]',
  ],
  meaning:
    'Rebuilds a service from the event log and checks the log on the way; --verify compares with the live rows. ' +
    'Ends with 1 when anything differs. Without --scratch-url a database is made for it and dropped.',
  async run(args, terminal) {
    const options = Options.read(args, KINDS);
    const service = await replayableService(options.required('service'));
    const replayed = await inScratch(service, options, terminal);
    if (terminal.signal.aborted) throw new CliError('Interrupted.', 130);
    if (options.has('json')) terminal.print(replayedJson(service.definition.name, replayed));
    else replayedLines(service.definition.name, replayed).forEach(terminal.print);
    return verdictOf(replayed).isGood ? 0 : 1;
  },
};

async function inScratch(service: ReplayableService, options: Options, terminal: Terminal): Promise<Replayed> {
  const given = options.text('scratch-url');
  const liveUrl = (): string => options.requiredOrEnv('database-url', 'DATABASE_URL', terminal);
  const log = openLog(options.requiredOrEnv('event-log', 'EVENT_LOG', terminal));
  const closers: (() => Promise<unknown>)[] = [() => log.close()];
  try {
    await log.ping();
    const live = options.has('verify') ? await liveDatabase(service.definition, liveUrl()) : undefined;
    if (live) closers.unshift(() => live.dataSource.destroy());
    const place = given === undefined ? await temporaryScratch(liveUrl()) : await givenScratch(given);
    closers.unshift(() => place.remove());
    const scratch = await openServiceDatabase(service.definition as ServiceDefinition, place.url);
    closers.unshift(() => scratch.dataSource.destroy());
    return await replayService({
      service,
      log,
      scratch,
      live,
      offices: options.list('offices'),
      ...progress(terminal),
    });
  } finally {
    await closeAll(closers);
  }
}

/** Closes everything, whatever fails on the way, and then says what failed first. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function openLog(address: string) {
  try {
    return openEventLog(address, { clientId: 'tiepsuc-cli' });
  } catch (error) {
    throw new CliError('--event-log must be kafka://host:9092,… or postgres://user:password@host:5432/database.', 2, {
      cause: error,
    });
  }
}

function progress({ note, signal }: Terminal) {
  let saidAtMs = performance.now();
  return {
    signal,
    onProgress: ({ records, total }: { records: number; total: number }) => {
      if (performance.now() - saidAtMs < PROGRESS_EVERY_MS) return;
      saidAtMs = performance.now();
      note(`${records} of ${total} records`);
    },
  };
}
