import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, isFree } from '@tiepsuc/embedded-postgres/free-port';
import { kafkaAvailability } from './kafka-availability.js';
import { repositoryRoot } from './kafka-jars.js';
import { runProgram } from './run-program.js';

const GONE_LIMIT_MS = 10_000;
const availability = await kafkaAvailability();
const suite = availability.available ? describe : describe.skip;
if (!availability.available) console.warn(`NOT TESTED: the kafka command, ${availability.reason}.`);

suite('the kafka command', () => {
  let folder: string;
  let port: number;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-command-'));
    port = await freePort();
    const build = [join(repositoryRoot, 'tools/build/build.mjs'), join(repositoryRoot, 'tools/kafka')];
    await runProgram(process.execPath, build, { limitMs: 60_000 });
  });
  afterAll(async () => {
    for (const command of started) command.kill('SIGKILL');
    await untilFree(port);
    await rm(folder, { recursive: true, maxRetries: 3 });
  });

  function startCommand(): { command: ChildProcess; lines: string[]; ready: Promise<unknown> } {
    const main = join(repositoryRoot, 'tools/kafka/dist/main.js');
    const command = spawn(process.execPath, [main, '--port', String(port), '--folder', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(command);
    const lines: string[] = [];
    const reader = createInterface({ input: command.stdout! }).on('line', (line) => lines.push(line));
    return { command, lines, ready: Promise.race([once(reader, 'line'), once(command, 'exit')]) };
  }

  it('prints the one line that services need, and ends in order on SIGTERM', async () => {
    const { command, lines, ready } = startCommand();
    await ready;
    expect(lines).toEqual([`EVENT_LOG=kafka://127.0.0.1:${port}`]);
    command.kill('SIGTERM');
    expect(await once(command, 'exit')).toEqual([0, null]);
    expect(await isFree(port)).toBe(true);
  });

  it('starts again on the same folder, and its broker does not outlive it when it is killed', async () => {
    const { command, lines, ready } = startCommand();
    await ready;
    expect(lines).toEqual([`EVENT_LOG=kafka://127.0.0.1:${port}`]);
    command.kill('SIGKILL');
    await once(command, 'exit');
    await untilFree(port);
  });

  it('leaves no broker behind when it is stopped before it is ready', async () => {
    const { command } = startCommand();
    await delay(2_000);
    command.kill('SIGTERM');
    await once(command, 'exit');
    await untilFree(port);
  });
});

async function untilFree(port: number): Promise<void> {
  const giveUpMs = Date.now() + GONE_LIMIT_MS;
  while (!(await isFree(port))) {
    if (Date.now() > giveUpMs) throw new Error(`something still listens on port ${port}`);
    await delay(100);
  }
}
