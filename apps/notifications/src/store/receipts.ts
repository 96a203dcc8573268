import { Injectable } from '@nestjs/common';
import { Database, Journal } from '@tiepsuc/journal';
import { decideReceipt, type ReceiptStatus } from '../domain/record-receipt.js';
import { notifications } from './notifications.js';
import { contextFrom } from './origin.js';

/** What gateways report about messages they took. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** @returns false when no message with this id of the gateway is known */
  async record(providerRef: string, status: ReceiptStatus): Promise<boolean> {
    const [found] = await this.database.run<{ notification_id: string }>({
      name: 'delivery-of-provider',
      text: 'SELECT notification_id FROM delivery WHERE provider_ref = $1 ORDER BY queued_at DESC LIMIT 1',
      values: [providerRef],
    });
    if (!found) return false;
    const { notification_id: notificationId } = found;
    const known = await this.journal.read(notifications, notificationId);
    const command = { id: `receipt:${providerRef}:${status}`, actor: 'system:sms-gateway' };
    await this.journal.change(notifications, {
      key: notificationId,
      context: contextFrom(known?.state.origin, command),
      decide: (state) => decideReceipt(state, notificationId, status),
    });
    return true;
  }
}
