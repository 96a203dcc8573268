import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { failureCode } from './failure-code.js';
import type { SendResult, Message, MessageChannel } from './message-channel.js';
import { isPublicAddress, lookupPublic } from './public-address.js';

const TIMEOUT_MS = 10_000;
const HEADERS_MAX_BYTES = 16_384;
const NOT_NOW = new Set([408, 425, 429]);

export interface WebhookGatewayOptions {
  /** `whsec_…`, shared with the receiver, which checks the signatures. */
  readonly secret: string;
  /** `public`: HTTPS to public addresses only. `any`: also plain HTTP and private networks, for a closed network. */
  readonly network: 'public' | 'any';
  readonly timeoutMs?: number;
}

/** Webhooks signed as Standard Webhooks asks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
export class WebhookGateway implements MessageChannel {
  private readonly webhook: Webhook;

  constructor(private readonly options: WebhookGatewayOptions) {
    this.webhook = new Webhook(options.secret);
  }

  async send({ notificationId, address, rendered }: Message, signal: AbortSignal): Promise<SendResult> {
    const url = this.allowed(address);
    if (!url) return { kind: 'refused', detail: 'ADDRESS_NOT_ALLOWED' };
    const now = new Date();
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(rendered.text)),
      'webhook-id': notificationId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': this.webhook.sign(notificationId, now, rendered.text),
    };
    try {
      const status = await this.post(url, { headers, body: rendered.text, signal });
      if (status >= 200 && status < 300) return { kind: 'sent' };
      const isRefused = status < 500 && !NOT_NOW.has(status);
      return { kind: isRefused ? 'refused' : 'unavailable', detail: `STATUS_${status}` };
    } catch (error) {
      const detail = failureCode(error);
      return { kind: detail === 'NOT_PUBLIC' ? 'refused' : 'unavailable', detail };
    }
  }

  private allowed(address: string): URL | undefined {
    if (!URL.canParse(address)) return undefined;
    const url = new URL(address);
    if (url.username !== '' || url.password !== '') return undefined;
    if (this.options.network === 'any') return /^https?:$/.test(url.protocol) ? url : undefined;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return url.protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host)) ? url : undefined;
  }

  /** The status of the answer; its body is not read, and redirections are not followed. */
  private post(
    url: URL,
    { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
  ): Promise<number> {
    const { network, timeoutMs = TIMEOUT_MS } = this.options;
    const options = {
      method: 'POST',
      headers,
      agent: false as const,
      maxHeaderSize: HEADERS_MAX_BYTES,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(network === 'public' ? { lookup: lookupPublic } : {}),
    };
    return new Promise((resolve, reject) => {
      const answered = (answer: IncomingMessage): void => {
        // Closing the socket without having read everything may be reported as an error, which says nothing then.
        answer.on('error', reject);
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      };
      const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, answered);
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
