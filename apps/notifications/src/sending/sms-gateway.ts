import { CODE_PATTERN } from '@tiepsuc/contracts';
import { hash as digest } from 'node:crypto';
import { failureCode } from './failure-code.js';
import type { SendResult, Message, MessageChannel } from './message-channel.js';

const TIMEOUT_MS = 10_000;
const ANSWER_MAX_BYTES = 16_384;
/** These say something about us or the moment, not about the message: our token, our rate, our clock. */
const NOT_ABOUT_THE_MESSAGE = new Set([401, 403, 407, 408, 425, 429]);

export interface SmsGatewayOptions {
  readonly url: string;
  readonly token: string;
  /** What the phone shows as the sender. */
  readonly sender: string;
  readonly timeoutMs?: number;
}

/**
 * An SMS gateway over HTTP: `POST { from, to, text, reference }` with a bearer token and the header
 * `Idempotency-Key`; a 2xx answer may name the gateway's own id of the message as `id`.
 */
export class SmsGateway implements MessageChannel {
  constructor(private readonly options: SmsGatewayOptions) {}

  async send({ notificationId, address, rendered }: Message, signal: AbortSignal): Promise<SendResult> {
    const { url, token, sender, timeoutMs = TIMEOUT_MS } = this.options;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': notificationId,
        },
        body: JSON.stringify({ from: sender, to: address, text: rendered.text, reference: notificationId }),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const detail = `STATUS_${answer.status}`;
      if (answer.ok) return { kind: 'sent', providerRef: providerRefIn(await textOf(answer)) };
      await answer.body?.cancel();
      const isRefused = answer.status < 500 && !NOT_ABOUT_THE_MESSAGE.has(answer.status);
      return { kind: isRefused ? 'refused' : 'unavailable', detail };
    } catch (error) {
      return { kind: 'unavailable', detail: failureCode(error) };
    }
  }
}

/** The gateway's id as our events can carry it; one of another form is carried as its hash. */
export function providerRefOf(id: string): string {
  return CODE_PATTERN.test(id) ? id : `sha256.${digest('sha256', id, 'hex').slice(0, 40)}`;
}

function providerRefIn(text: string): string | undefined {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? providerRefOf(String(id)) : undefined;
  } catch {
    // The message was taken all the same; without an id there will just be no receipt for it.
    return undefined;
  }
}

/** Up to 16 kB of the answer; more than that is no answer to our question. */
async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.body ?? []) {
    sizeBytes += (chunk as Uint8Array).length;
    if (sizeBytes > ANSWER_MAX_BYTES) return '';
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}
