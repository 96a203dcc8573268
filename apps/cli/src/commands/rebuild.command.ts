import { rebuildTable, type RebuildProgress } from '@tiepsuc/replay';
import { CliError } from '../cli-error.js';
import type { Command } from '../command.js';
import { Options } from '../options.js';
import { liveDatabase } from '../replay/live-database.js';
import { replayableService, type ReplayableService } from '../replay/replayable-service.js';
import type { Terminal } from '../terminal.js';

const KINDS = { service: 'text', table: 'text', 'database-url': 'text' } as const;
const PROGRESS_EVERY_MS = 2_000;

export const rebuildCommand: Command = {
  name: 'rebuild',
  usage: ['rebuild --service <name> --table <name> --database-url <address>'],
  meaning:
    'Draws the rows of one table anew, in place, from the journal of the service: after a migration that added a ' +
    'column. The service may run.',
  async run(args, terminal) {
    const options = Options.read(args, KINDS);
    const service = await replayableService(options.required('service'));
    const name = options.required('table');
    const { definition, aggregates } = service;
    const database = await liveDatabase(definition, options.requiredOrEnv('database-url', 'DATABASE_URL', terminal));
    try {
      const tables = projectionsOf(service).map((entity) => ({
        entity,
        name: database.dataSource.getMetadata(entity).tableName,
      }));
      const table = tables.find((one) => one.name === name);
      if (!table)
        throw noProjection(
          service,
          tables.map((one) => one.name),
        );
      const { entity } = table;
      const report = await rebuildTable({ database, aggregates, entity, ...progress(terminal) });
      if (terminal.signal.aborted) throw new CliError('Interrupted; run it again to do the rest.', 130);
      terminal.print(`${definition.name}: ${report.rows} rows of ${name} written from ${report.states} states.`);
      return 0;
    } finally {
      await database.dataSource.destroy();
    }
  },
};

/** The tables whose rows are drawn from states. What a service keeps otherwise cannot be made again. */
function projectionsOf({ definition, aggregates }: ReplayableService) {
  const { entities, notReplayed = [] } = definition;
  const hasProjection = aggregates.some(({ project }) => project !== undefined);
  return hasProjection ? entities.filter((entity) => !notReplayed.includes(entity)) : [];
}

function noProjection({ definition }: ReplayableService, names: readonly string[]): CliError {
  return new CliError(
    names.length === 0
      ? `${definition.name} has no table that is drawn from states.`
      : `--table must be one that is drawn from states; ${definition.name} has ${names.join(', ')}.`,
  );
}

function progress({ note, signal }: Terminal) {
  let saidAtMs = performance.now();
  return {
    signal,
    onProgress: ({ states, total }: RebuildProgress) => {
      if (performance.now() - saidAtMs < PROGRESS_EVERY_MS) return;
      saidAtMs = performance.now();
      note(`${states} of ${total} states`);
    },
  };
}
