import { CliError, type ExitCode } from './cli-error.js';
import type { Command } from './command.js';
import { offices } from './commands/offices.command.js';
import { parked } from './commands/parked.command.js';
import { rebuildCommand } from './commands/rebuild.command.js';
import { replayCommand } from './commands/replay.command.js';
import { timeline } from './commands/timeline.command.js';
import type { Terminal } from './terminal.js';

const COMMANDS: readonly Command[] = [replayCommand, rebuildCommand, timeline, parked, offices];

/** Does what a command line asks for. Never throws: what goes wrong is one sentence and a code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || rest.includes('--help')) {
    help(name).forEach(terminal.print);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = COMMANDS.find((one) => one.name === name);
    if (!command)
      throw new CliError(`There is no such command; there are: ${COMMANDS.map((one) => one.name).join(', ')}.`);
    return await command.run(rest, terminal);
  } catch (error) {
    if (!(error instanceof CliError)) {
      terminal.note(`tiepsuc: it failed: ${sentenceOf(error)}`);
      return 1;
    }
    terminal.note(`tiepsuc: ${error.message}`);
    return error.exitCode;
  }
}

function help(name: string | undefined): string[] {
  const one = COMMANDS.filter((command) => command.name === name);
  return (one.length > 0 ? one : COMMANDS).flatMap(({ usage, meaning }) => [
    ...usage.map((line, n) => (n === 0 || !line.startsWith(' ') ? `tiepsuc ${line}` : `        ${line}`)),
    `    ${meaning}`,
    '',
  ]);
}

/** The reason behind the reason is what tells a person most. An address with a password is never part of them. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return 'for an unknown reason.';
  const said = error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message || error.name;
  return said.replace(/\/\/[^@\s/]*@/g, '//…@');
}
