import type { DeliveryChannel } from '@tiepsuc/contracts';
import type { RowChange } from '@tiepsuc/journal';
import type { Rendered } from '../domain/templates.js';

/** One message on its way. The address lives in memory for the length of one attempt and nowhere else. */
export interface Message {
  /** Also the provider's idempotency key: a message that is handed over twice reaches the citizen once. */
  readonly notificationId: string;
  readonly channel: DeliveryChannel;
  readonly address: string;
  readonly rendered: Rendered;
}

/** How handing a message over ended. `detail` is a status or an error code, fit for a log. */
export type SendResult =
  | {
      readonly kind: 'sent';
      readonly providerRef?: string;
      /** What the channel itself has to keep: written in the transaction that records the message as sent. */
      readonly rows?: readonly RowChange[];
    }
  | { readonly kind: 'refused' | 'unavailable'; readonly detail: string };

/** Hands messages to the gateway that delivers them. */
export interface MessageChannel {
  /** How many messages it takes at a time, where that is not for the settings to say. */
  readonly atOnceMax?: number;
  /**
   * Resolves with how it ended, also when nothing could be reached. The signal ends the attempt: then it is unknown
   * whether the message was taken.
   */
  send(message: Message, signal: AbortSignal): Promise<SendResult>;
  close?(): Promise<void>;
}
