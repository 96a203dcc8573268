import { Injectable } from '@nestjs/common';
import type { DeliveryChannel } from '@tiepsuc/contracts';
import { Database } from '@tiepsuc/journal';

/** A message that was shown instead of sent. */
export interface MailboxMessage {
  readonly notificationId: string;
  readonly channel: DeliveryChannel;
  readonly maskedAddress: string;
  readonly subject?: string;
  readonly text: string;
  readonly createdAt: Date;
}

/** The mailbox of a machine that sends nothing. */
@Injectable()
export class MailboxMessages {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async newest(limit: number): Promise<MailboxMessage[]> {
    const rows = await this.database.run<Omit<MailboxMessage, 'subject'> & { readonly subject: string | null }>({
      name: 'mailbox-newest',
      text: `SELECT notification_id AS "notificationId", channel, masked_address AS "maskedAddress", subject, text,
          created_at AS "createdAt"
        FROM mailbox_message ORDER BY created_at DESC, notification_id DESC LIMIT $1`,
      values: [limit],
    });
    return rows.map(({ subject, ...row }) => ({ ...row, ...(subject === null ? {} : { subject }) }));
  }
}
