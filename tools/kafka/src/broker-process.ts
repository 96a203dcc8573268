import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const OUTPUT_MAX_CHARS = 4_000;
const KILL_LIMIT_MS = 10_000;

/** Waits for the end of its input, which comes when our process is gone, however it went. */
const GUARD_SCRIPT = 'read -r _; kill -9 "$1" 2>/dev/null; if [ -n "$2" ]; then sleep 1; rm -rf -- "$2"; fi';

const living = new Set<BrokerProcess>();
let hooked = false;

export interface BrokerCommand {
  java: string;
  args: string[];
  /** Removed when our own process ends without having stopped the broker. */
  throwAwayFolder?: string;
  /** Called when the broker ends by itself. */
  onUnexpectedEnd: (how: string) => void;
}

/**
 * One running Java process. It never outlives ours: an exit hook kills it, and a small shell that watches a
 * pipe from us does so where no hook runs (SIGKILL, a crash, a test runner's sandbox).
 */
export class BrokerProcess {
  readonly pid: number;
  private readonly ended: Promise<void>;
  private endedHow: string | undefined;
  private endIsWanted = false;
  private output = '';

  /** Resolves when the process was started, which says nothing about its readiness. Rejects when Java cannot be run. */
  static async start(command: BrokerCommand): Promise<BrokerProcess> {
    const child = spawn(command.java, command.args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    await once(child, 'spawn');
    return new BrokerProcess(child, command);
  }

  private constructor(
    private readonly child: ChildProcess,
    command: BrokerCommand,
  ) {
    this.pid = child.pid!;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-OUTPUT_MAX_CHARS);
      });
    }
    const guard = startGuard(this.pid, command.throwAwayFolder);
    killAtExit(this);
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.endedHow = signal ?? `exit code ${code}`;
        living.delete(this);
        guard.kill('SIGKILL');
        resolve();
        if (!this.endIsWanted) command.onUnexpectedEnd(this.endedHow);
      });
    });
  }

  /** How the process ended, for instance "exit code 1" or "SIGKILL"; undefined while it runs. */
  get end(): string | undefined {
    return this.endedHow;
  }

  /** The last characters that Java wrote to its output streams. */
  get lastOutput(): string {
    return this.output;
  }

  /** Sends the signal and waits for the end. True when the process ended within the limit. */
  async endWith(signal: NodeJS.Signals, limitMs = KILL_LIMIT_MS): Promise<boolean> {
    this.endIsWanted = true;
    if (this.endedHow === undefined) this.child.kill(signal);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([this.ended, limit]);
    clearTimeout(timer);
    return this.endedHow !== undefined;
  }

  killNow(): void {
    this.child.kill('SIGKILL');
  }
}

/** In a process group of its own, so that Ctrl-C in a terminal reaches us and not the guard. */
function startGuard(pid: number, throwAwayFolder = ''): ChildProcess {
  const args = ['-c', GUARD_SCRIPT, 'guard', String(pid), throwAwayFolder];
  const guard = spawn('/bin/sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.unref();
  return guard;
}

function killAtExit(broker: BrokerProcess): void {
  living.add(broker);
  if (hooked) return;
  hooked = true;
  process.on('exit', () => living.forEach((each) => each.killNow()));
}
