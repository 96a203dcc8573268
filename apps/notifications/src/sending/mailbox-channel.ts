import type { DeliveryChannel } from '@tiepsuc/contracts';
import { upsert, type Database } from '@tiepsuc/journal';
import { MailboxMessageRow } from '../store/mailbox-message.row.js';
import type { SendResult, Message, MessageChannel } from './message-channel.js';

const KEPT_DAYS = 30;
const PRUNE_EVERY_MS = 3_600_000;
/** No gateway has to take them, so only the size of a few transactions limits how many go at a time. */
const AT_ONCE_MAX = 512;

/**
 * For a machine that sends nothing: puts every message where people can look at it, for 30 days. It is put there by
 * the record that it was sent, so each is there once.
 */
export class MailboxChannel implements MessageChannel {
  readonly atOnceMax = AT_ONCE_MAX;
  private prunedAtMs = -Infinity;

  constructor(private readonly database: Database) {}

  async send({ notificationId, channel, address, rendered }: Message): Promise<SendResult> {
    if (performance.now() - this.prunedAtMs >= PRUNE_EVERY_MS) await this.prune();
    const row = {
      notificationId,
      channel,
      maskedAddress: masked(channel, address),
      subject: rendered.subject ?? null,
      text: rendered.text,
      createdAt: new Date(),
    };
    return { kind: 'sent', rows: [upsert(MailboxMessageRow, row)] };
  }

  private async prune(): Promise<void> {
    this.prunedAtMs = performance.now();
    await this.database.run({
      name: 'mailbox-message-prune',
      text: `DELETE FROM mailbox_message WHERE created_at < now() - make_interval(days => ${KEPT_DAYS})`,
    });
  }
}

/** The last three digits of a number; of any other address nothing. */
export function masked(channel: DeliveryChannel, address: string): string {
  return channel === 'sms' ? `•••${address.slice(-3)}` : '•••';
}
