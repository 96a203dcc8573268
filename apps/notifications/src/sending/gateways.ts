import type { DeliveryChannel } from '@tiepsuc/contracts';
import type { SendResult, Message, MessageChannel } from './message-channel.js';

/** Sends each message by the gateway of its channel. */
export class Gateways implements MessageChannel {
  constructor(private readonly channels: Readonly<Record<DeliveryChannel, MessageChannel>>) {}

  send(message: Message, signal: AbortSignal): Promise<SendResult> {
    return this.channels[message.channel].send(message, signal);
  }

  async close(): Promise<void> {
    for (const channel of Object.values(this.channels)) await channel.close?.();
  }
}
