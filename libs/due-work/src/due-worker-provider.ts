import type { FactoryProvider, OnApplicationBootstrap, OnModuleDestroy, Type } from '@nestjs/common';
import { Database, Journal, QueueVacuum } from '@tiepsuc/journal';
import { LOGGER, Metrics, type Logger } from '@tiepsuc/runtime';
import type { DueWorkHandler } from './due-work-handler.js';
import { DueWorkQueue } from './due-work-queue.js';
import type { DueWork } from './due-work.js';
import { DueWorker } from './due-worker.js';

/**
 * Runs the handler on what is due while the application runs, and reports the backlog. The handler is a provider of the
 * same module.
 */
export function dueWorkerProvider<Payload extends object>(
  work: DueWork<Payload>,
  handler: Type<DueWorkHandler<Payload>>,
): FactoryProvider {
  return {
    provide: `due-worker:${work.kind}`,
    inject: [handler, Database, Journal, Metrics, LOGGER],
    useFactory: (...[handles, database, journal, metrics, logger]: Injected<Payload>) => {
      const queue = new DueWorkQueue(database, work);
      reportBacklog(work.kind, queue, metrics);
      const vacuum = new QueueVacuum({
        database,
        queue: 'due_work',
        onFailure: (err) => logger.warn({ err }, 'the table of due work could not be vacuumed; it is tried again'),
      });
      const onBatch = (size: number): void => vacuum.tookOut(size);
      const worker = new DueWorker({ kind: work.kind, queue, handler: handles, logger, onBatch });
      return new DueWorkerLifecycle({ worker, handler: handles, journal, vacuum });
    },
  };
}

type Injected<Payload extends object> = [DueWorkHandler<Payload>, Database, Journal, Metrics, Logger];

interface Parts {
  readonly worker: Pick<DueWorker<object>, 'start' | 'wake' | 'stop'>;
  readonly handler: Pick<DueWorkHandler<object>, 'concurrency' | 'close'>;
  readonly journal: Journal;
  readonly vacuum: QueueVacuum;
}

/** Starts the worker with the application, and ends it before anything that it needs is closed. */
class DueWorkerLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  private stopListening: () => void = () => undefined;

  constructor(private readonly parts: Parts) {}

  onApplicationBootstrap(): void {
    const { worker, handler, journal } = this.parts;
    if (handler.concurrency === 0) return;
    this.stopListening = journal.onRecorded(() => worker.wake());
    worker.start();
  }

  async onModuleDestroy(): Promise<void> {
    const { worker, handler, vacuum } = this.parts;
    this.stopListening();
    await worker.stop();
    await vacuum.idle();
    await handler.close?.();
  }
}

function reportBacklog(kind: string, queue: Pick<DueWorkQueue<object>, 'backlog'>, metrics: Metrics): void {
  const due = metrics.gauge({ name: `${kind}_due`, help: 'Due and not done yet' });
  const dead = metrics.gauge({ name: `${kind}_dead_letters`, help: 'Given up; a person has to look at them' });
  metrics.gauge({
    name: `${kind}_due_oldest_age_seconds`,
    help: 'For how long the oldest of what is due has been',
    collect: async (gauge) => {
      const backlog = await queue.backlog();
      due.set(backlog.due);
      dead.set(backlog.dead);
      gauge.set(backlog.oldestSeconds);
    },
  });
}
