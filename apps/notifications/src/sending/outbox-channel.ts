import type { DeliveryChannel } from '@tiepsuc/contracts';
import type { Database } from '@tiepsuc/journal';
import type { HandOver, Message, MessageChannel } from './message-channel.js';

const KEPT_DAYS = 30;
const PRUNE_EVERY_MS = 3_600_000;

/** For a machine that sends nothing: puts every message where people can look at it, for 30 days. */
export class OutboxChannel implements MessageChannel {
  private prunedAtMs = -Infinity;

  constructor(private readonly database: Database) {}

  async send({ notificationId, channel, address, rendered }: Message): Promise<HandOver> {
    await this.prune();
    await this.database.run({
      name: 'outbox-message-add',
      text: `INSERT INTO outbox_message (notification_id, channel, masked_address, subject, text)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (notification_id) DO NOTHING`,
      values: [notificationId, channel, masked(channel, address), rendered.subject ?? null, rendered.text],
    });
    return { kind: 'sent' };
  }

  private async prune(): Promise<void> {
    if (performance.now() - this.prunedAtMs < PRUNE_EVERY_MS) return;
    await this.database.run({
      name: 'outbox-message-prune',
      text: `DELETE FROM outbox_message WHERE created_at < now() - make_interval(days => ${KEPT_DAYS})`,
    });
    this.prunedAtMs = performance.now();
  }
}

/** The last three digits of a number; of any other address nothing. */
export function masked(channel: DeliveryChannel, address: string): string {
  return channel === 'sms' ? `•••${address.slice(-3)}` : '•••';
}
