import { Injectable } from '@nestjs/common';
import { Database, Journal } from '@tiepsuc/journal';
import { decideReceipt, type ReceiptStatus } from '../domain/record-receipt.js';
import { notifications } from './notifications.js';
import { contextFrom, originIn } from './origin.js';

/** What gateways report about messages they took. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** @returns false when no message with this id of the gateway is known */
  async record(providerRef: string, status: ReceiptStatus): Promise<boolean> {
    const [found] = await this.database.run<{ notification_id: string; origin: Buffer }>({
      name: 'delivery-of-provider',
      text: `SELECT d.notification_id, j.value AS origin FROM delivery AS d
        JOIN journal AS j ON j.subject = d.notification_id::text AND j.sequence = 1
        WHERE d.provider_ref = $1 ORDER BY d.queued_at DESC LIMIT 1`,
      values: [providerRef],
    });
    if (!found) return false;
    const { notification_id: notificationId } = found;
    await this.journal.change(notifications, {
      key: notificationId,
      context: contextFrom(originIn(found.origin), {
        id: `receipt:${providerRef}:${status}`,
        actor: 'system:sms-gateway',
      }),
      decide: (state) => decideReceipt(state, notificationId, status),
    });
    return true;
  }
}
