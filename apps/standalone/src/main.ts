import { ConfigError, createLogger, stopOnSignals, closeInOrder, type Closer } from '@tiepsuc/runtime';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { startCity } from './city.js';
import { runDemo } from './demo/run-demo.js';
import { FolderInUse, lockFolder } from './folder-lock.js';
import { LogFile } from './log-file.js';
import { readOptions, USAGE, UsageError, type Options } from './options.js';
import { checkFree, portsFrom, PortTaken } from './ports.js';
import { welcome } from './welcome.js';

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const STOP_WITHIN_MS = 30_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** Starts the city, and the demo if it is wanted. Answers the exit status when nothing is to keep running. */
async function run(options: Options): Promise<number | undefined> {
  const begunMs = performance.now();
  const ports = portsFrom(options.port);
  await checkFree(ports);
  const folder = options.throwAway ? await mkdtemp(join(tmpdir(), 'tiepsuc-')) : resolve(options.folder);
  const lock = await lockFolder(folder);
  const logger = createLogger({
    service: 'standalone',
    level: 'info',
    destination: new LogFile(join(folder, 'log', 'standalone.log')),
  });
  const closers: Closer[] = [{ name: 'folder', close: () => lock.release() }];
  if (options.throwAway) closers.push({ name: 'throw-away', close: () => removeAll(folder) });
  const stop = () => closeInOrder({ closers, graceMs: STOP_WITHIN_MS, logger });
  let stopping: () => void = () => undefined;
  stopOnSignals({
    closers,
    graceMs: STOP_WITHIN_MS,
    logger,
    onSignal: () => {
      say('\nĐang dừng… / Stopping…');
      stopping();
    },
  });
  try {
    const onFailure = (error: Error): void => {
      complain(error.message);
      process.exit(EXIT_FAILED);
    };
    const { eventLog } = options;
    const city = await startCity({ folder, ports, eventLog, closers, onFailure, say: (line) => say(`  ✓ ${line}`) });
    stopping = city.stopping;
    say(welcome(city, { folder: relative('', folder) || folder, tookMs: performance.now() - begunMs }));
    if (!options.demo) return undefined;
    const reconciled = await runDemo(city, { ...options, terminal: process.stdout });
    if (!options.throwAway) return undefined;
    const failed = await stop();
    return reconciled && failed.length === 0 ? EXIT_DONE : EXIT_FAILED;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The cluster may live elsewhere, where the account that runs the server can reach it. */
async function removeAll(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) return say(USAGE);
    const code = await run(options);
    if (code !== undefined) process.exit(code);
  } catch (error) {
    complain(sentenceOf(error));
    process.exit(error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof PortTaken || error instanceof FolderInUse || error instanceof ConfigError) return error.message;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return `Không khởi động được / Tiếp Sức could not start: ${reason}`;
}

void main();
