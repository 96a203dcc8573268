import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerFolder } from './broker-folder.js';
import { runProgram } from './run-program.js';

const QUESTION_LIMIT_MS = 5_000;

/** Notes which process works on the folder. */
export async function noteOwner(place: BrokerFolder, pid: number): Promise<void> {
  await writeFile(pidFile(place), `${pid}\n`);
}

/**
 * Rejects when a broker runs on the folder. Kafka checks that too, but only after its controller has opened the
 * same metadata log, so two brokers on one folder would write to it for a moment.
 */
export async function refuseIfOwned(place: BrokerFolder): Promise<void> {
  const pid = Number(await readFile(pidFile(place), 'utf8').catch(() => '0'));
  if (pid > 0 && (await commandLineOf(pid)).includes(place.settingsFile)) {
    throw new Error(`${place.folder} is in use: Kafka runs on it as process ${pid}`);
  }
}

function pidFile({ folder }: BrokerFolder): string {
  return join(folder, 'broker.pid');
}

/** Empty when there is no such process. Its number alone proves nothing, numbers are given out again. */
async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return runProgram('ps', ['-o', 'args=', '-p', String(pid)], { limitMs: QUESTION_LIMIT_MS }).catch(() => '');
}
