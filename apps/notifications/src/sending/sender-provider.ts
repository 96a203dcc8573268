import type { FactoryProvider } from '@nestjs/common';
import { Database, Journal } from '@tiepsuc/journal';
import { LOGGER, Metrics, ServiceToken, type Logger } from '@tiepsuc/runtime';
import { NotificationsConfig } from '../config.js';
import { notificationHistories } from '../store/notification-histories.js';
import { createChannel } from './create-channel.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import { Sender, type SenderOptions } from './sender.js';
import { VaultClient } from './vault-client.js';

const DURATION_BUCKETS_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40];

/** The sender as the settings say. Sending scales on its own: a process may only queue, while others send. */
export const senderProvider: FactoryProvider<Sender> = {
  provide: Sender,
  inject: [NotificationsConfig, Database, Journal, Metrics, LOGGER],
  useFactory: (
    ...[config, database, journal, metrics, logger]: [NotificationsConfig, Database, Journal, Metrics, Logger]
  ) => {
    const { authTokenUrl: tokenUrl, serviceClientId: clientId, serviceClientSecret: clientSecret } = config;
    const account = new ServiceToken({ tokenUrl, clientId, clientSecret });
    const vault = new VaultClient({ intakeUrl: config.intakeUrl, token: () => account.get() });
    const channel = createChannel(config, database);
    const concurrency = config.sendConcurrency === 0 ? 0 : (channel.atOnceMax ?? config.sendConcurrency);
    return new Sender({
      attempts: new DeliveryAttempts({ journal, vault, channel }),
      histories: (ids) => notificationHistories(database, ids),
      logger,
      concurrency,
      onAttempt: attemptMetrics(metrics),
      close: async () => channel.close?.(),
    });
  },
};

function attemptMetrics(metrics: Metrics): SenderOptions['onAttempt'] {
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
  return ({ channel, outcome, durationMs }) => {
    attempts.inc({ channel, outcome });
    duration.observe({ channel }, durationMs / 1_000);
  };
}
