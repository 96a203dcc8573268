import { closeInOrder, ConfigError, createLogger, stopOnSignals, type Closer, type Logger } from '@tiepsuc/runtime';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { startCity } from './city.js';
import { runDemoThread } from './demo/demo-thread.js';
import { FolderInUse, lockFolder } from './folder-lock.js';
import { startIssuerThread } from './issuer-thread.js';
import { LogFile } from './log-file.js';
import { readOptions, USAGE, UsageError, type Options } from './options.js';
import { checkFree, portsFrom, PortTaken } from './ports.js';
import { removeFolder } from './throw-away.js';
import { welcome } from './welcome.js';

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** A demo that is ended before its figures were compared has shown nothing; 128 and SIGINT, as shells say it. */
const EXIT_INTERRUPTED = 130;
const STOP_WITHIN_MS = 30_000;
/** Others must be able to enter the folder: PostgreSQL does not run as root. What is secret in it is closed by itself. */
const ENTER_MODE = 0o755;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** What a run has opened so far, and how it ends. */
interface Session {
  readonly folder: string;
  readonly closers: Closer[];
  readonly logger: Logger;
  /** Aborted at the first signal. */
  readonly ending: AbortController;
  /** What a signal makes of an exit that would else say that all is well. */
  interrupted: number;
}

async function run(options: Options): Promise<void> {
  const begunMs = performance.now();
  const ports = portsFrom(options.port);
  await checkFree(ports);
  const session = await openSession(options);
  const { folder, closers, logger, ending } = session;
  endOnSignals(session);
  try {
    say('Tiếp Sức đang khởi động… / is starting…');
    const city = await startCity({
      folder,
      ports,
      eventLog: options.eventLog,
      startIssuer: startIssuerThread,
      closers,
      say: (sentence) => say(`  ✓ ${sentence}`),
      onFailure: (error) => failAtOnce(error, logger),
    });
    ending.signal.addEventListener('abort', () => city.stopping(), { once: true });
    say(welcome(city, { folder: shown(folder), tookMs: performance.now() - begunMs }));
    if (!options.demo) return;
    session.interrupted = EXIT_INTERRUPTED;
    const { reconciled } = await runDemoThread(city, { ...options, terminal: process.stdout, signal: ending.signal });
    session.interrupted = reconciled ? EXIT_DONE : EXIT_FAILED;
    if (!options.throwAway)
      return say('\nHệ thống vẫn chạy; dừng bằng Ctrl+C / the city keeps running; Ctrl+C stops it');
    process.exitCode = reconciled ? EXIT_DONE : EXIT_FAILED;
  } catch (error) {
    // A signal ends what is under way, and what it ends with is no failure.
    if (ending.signal.aborted) return;
    await closeInOrder({ closers, graceMs: STOP_WITHIN_MS, logger });
    throw error;
  }
  const failed = await closeInOrder({ closers, graceMs: STOP_WITHIN_MS, logger });
  process.exit(failed.length === 0 ? process.exitCode : EXIT_FAILED);
}

async function openSession({ throwAway, folder: chosen }: Options): Promise<Session> {
  const folder = throwAway ? await mkdtemp(join(tmpdir(), 'tiepsuc-')) : resolve(chosen);
  if (throwAway) await chmod(folder, ENTER_MODE);
  const lock = await lockFolder(folder);
  const destination = new LogFile(join(folder, 'log', 'standalone.log'));
  const logger = createLogger({ service: 'standalone', level: 'info', destination });
  const closers: Closer[] = [{ name: 'folder', close: () => lock.release() }];
  if (throwAway) closers.push({ name: 'throw-away', close: () => removeFolder(folder) });
  return { folder, closers, logger, ending: new AbortController(), interrupted: EXIT_DONE };
}

function endOnSignals(session: Session): void {
  const { closers, logger, ending } = session;
  stopOnSignals({
    closers,
    exit: (code) => process.exit(code === EXIT_DONE ? session.interrupted : code),
    graceMs: STOP_WITHIN_MS,
    logger,
    onSignal: () => {
      say('\nĐang dừng… / Stopping…');
      ending.abort();
    },
  });
}

/** Without its database a city takes nothing in; the supervisor of this process must see it end. */
function failAtOnce(error: Error, logger: Logger): void {
  logger.fatal({ err: error }, 'the database is gone');
  complain(`Cơ sở dữ liệu không khởi động lại được / the database could not be started again: ${error.message}`);
  process.exit(EXIT_FAILED);
}

function shown(folder: string): string {
  const short = relative('', folder);
  return short === '' || short.startsWith('..') ? folder : short;
}

async function main(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) return say(USAGE);
    await run(options);
  } catch (error) {
    complain(sentenceOf(error));
    process.exit(error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof PortTaken || error instanceof FolderInUse || error instanceof ConfigError) return error.message;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return `Tiếp Sức dừng vì lỗi / stopped because of an error: ${reason}`;
}

void main();
