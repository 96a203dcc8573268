import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { newId } from '@tiepsuc/contracts';
import { Database, Journal, QueueVacuum } from '@tiepsuc/journal';
import { LOGGER, Metrics, ServiceToken, type Logger } from '@tiepsuc/runtime';
import { NotificationsConfig } from '../config.js';
import { createChannel } from './create-channel.js';
import { Deliveries } from './deliveries.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import type { MessageChannel } from './message-channel.js';
import { Sender } from './sender.js';
import { VaultClient } from './vault-client.js';

const DURATION_BUCKETS_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40];

/**
 * Puts the sender together, starts it with the application and ends it before anything it needs is closed. Sending
 * scales on its own: a process may only queue, while others send.
 */
@Injectable()
export class SenderLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sender: Sender | undefined;
  private readonly vacuum: QueueVacuum;
  private readonly channel: MessageChannel;
  private stopListening: () => void = () => undefined;

  constructor(
    @Inject(NotificationsConfig) config: NotificationsConfig,
    @Inject(Database) database: Database,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    const { authTokenUrl: tokenUrl, serviceClientId: clientId, serviceClientSecret: clientSecret } = config;
    const account = new ServiceToken({ tokenUrl, clientId, clientSecret });
    const vault = new VaultClient({ intakeUrl: config.intakeUrl, token: () => account.get() });
    const deliveries = new Deliveries(database, `notifications-${newId()}`);
    this.channel = createChannel(config, database);
    this.vacuum = new QueueVacuum({
      database,
      queue: 'due_delivery',
      onFailure: (err) => logger.warn({ err }, 'the queue of what is due could not be vacuumed; it is tried again'),
    });
    const observe = attemptMetrics(metrics, deliveries);
    if (config.sendConcurrency === 0) return;
    this.sender = new Sender({
      deliveries,
      attempts: new DeliveryAttempts({ journal, vault, channel: this.channel }),
      logger,
      concurrency: this.channel.atOnceMax ?? config.sendConcurrency,
      onAttempt: (fields) => {
        observe(fields);
        this.vacuum.tookOut();
      },
    });
  }

  onApplicationBootstrap(): void {
    const { sender } = this;
    if (!sender) return;
    this.stopListening = this.journal.onRecorded(() => sender.wake());
    sender.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopListening();
    await this.sender?.stop();
    await this.vacuum.ended();
    await this.channel.close?.();
  }
}

function attemptMetrics(
  metrics: Metrics,
  deliveries: Deliveries,
): (fields: { channel: string; outcome: string; durationMs: number }) => void {
  const attempts = metrics.counter({
    name: 'notification_attempts_total',
    help: 'Attempts to tell a citizen, by how they ended',
    labels: ['channel', 'outcome'],
  });
  const duration = metrics.histogram({
    name: 'notification_attempt_duration_seconds',
    help: 'How long attempts took, from the address to the record',
    labels: ['channel'],
    buckets: DURATION_BUCKETS_SECONDS,
  });
  const due = metrics.gauge({ name: 'notification_due', help: 'Notifications that are due and were not sent yet' });
  metrics.gauge({
    name: 'notification_due_oldest_age_seconds',
    help: 'For how long the oldest of them has been due',
    collect: async (gauge) => {
      const backlog = await deliveries.backlog();
      due.set(backlog.due);
      gauge.set(backlog.oldestSeconds);
    },
  });
  return ({ channel, outcome, durationMs }) => {
    attempts.inc({ channel, outcome });
    duration.observe({ channel }, durationMs / 1_000);
  };
}
