import { withTimeout } from '@tiepsuc/retry';
import type { FastifyInstance } from 'fastify';

const CHECK_TIMEOUT_MS = 2_000;
const REMEMBER_MS = 1_000;
const STOPPING = 'stopping';

/** Resolves when what it checks can be used; rejects when not. It gets 2 seconds. */
export type ReadinessCheck = () => Promise<unknown>;

/** Whether this process should get work now. Each part that it cannot work without adds a check. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private last: { failing: Promise<readonly string[]>; atMs: number } | undefined;
  private isStopping = false;

  /** @param name a kebab-case word that the answer names when the check fails */
  add(name: string, check: ReadinessCheck): void {
    if (this.checks.has(name)) throw new Error(`There is a readiness check named ${name} already.`);
    this.checks.set(name, check);
  }

  /** From now on no new work is wanted; what runs is finished. */
  stop(): void {
    this.isStopping = true;
  }

  /** The names of the checks that fail. Asked often, the checks still run at most once a second. */
  async failing(): Promise<readonly string[]> {
    if (this.isStopping) return [STOPPING];
    if (!this.last || Date.now() - this.last.atMs >= REMEMBER_MS) {
      this.last = { failing: this.runAll(), atMs: Date.now() };
    }
    return this.last.failing;
  }

  private async runAll(): Promise<readonly string[]> {
    const names = [...this.checks.keys()];
    const outcomes = await Promise.allSettled(
      [...this.checks.values()].map(async (check) => withTimeout(CHECK_TIMEOUT_MS, check())),
    );
    return names.filter((_, index) => outcomes[index]?.status === 'rejected');
  }
}

/** Serves `/livez`, which is answered as long as the event loop turns, and `/readyz`, which names what is missing. */
export function addHealth(fastify: FastifyInstance, readiness: Readiness): void {
  fastify.get('/livez', async () => ({ status: 'alive' }));
  fastify.get('/readyz', async (_request, reply) => {
    const failing = await readiness.failing();
    if (failing.length === 0) return { status: 'ready' };
    return reply.status(503).send({ status: 'not-ready', failing });
  });
}
