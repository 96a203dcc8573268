import { createTransport, type Transporter } from 'nodemailer';
import { failureCode } from './failure-code.js';
import type { SendResult, Message, MessageChannel } from './message-channel.js';

const TIMEOUT_MS = 10_000;
/** Failures to sign in or to agree on TLS are ours; the message is as good as before. */
const NOT_ABOUT_THE_MESSAGE = new Set(['EAUTH', 'ETLS', 'EOAUTH2', 'ENOAUTH', 'ECONFIG', 'EREQUIRETLS']);

export interface MailGatewayOptions {
  /** `smtps://user:password@host:465` or `smtp://host:587?requireTLS=true`. */
  readonly url: string;
  readonly from: string;
  readonly timeoutMs?: number;
}

/** E-mail over SMTP. The Message-ID is made of the notification's id, so a mail server can tell a repeat. */
export class MailGateway implements MessageChannel {
  private readonly transport: Transporter;

  constructor(private readonly options: MailGatewayOptions) {
    const { url, timeoutMs = TIMEOUT_MS } = options;
    this.transport = createTransport({
      url,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as object);
  }

  async send({ notificationId, address, rendered }: Message, signal: AbortSignal): Promise<SendResult> {
    if (signal.aborted) return { kind: 'unavailable', detail: 'TIMEOUT' };
    try {
      await this.transport.sendMail({
        from: this.options.from,
        to: { name: '', address },
        subject: rendered.subject,
        text: rendered.text,
        messageId: `<${notificationId}@${hostOf(this.options.from)}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return { kind: 'sent' };
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
      const isPermanent = typeof responseCode === 'number' && responseCode >= 500 && responseCode < 600;
      const isRefused = (isPermanent || code === 'EENVELOPE') && !NOT_ABOUT_THE_MESSAGE.has(String(code));
      const detail = typeof responseCode === 'number' ? `SMTP_${responseCode}` : failureCode(error);
      return { kind: isRefused && !isTemporary(responseCode) ? 'refused' : 'unavailable', detail };
    }
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}

function isTemporary(responseCode: unknown): boolean {
  return typeof responseCode === 'number' && responseCode >= 400 && responseCode < 500;
}

function hostOf(from: string): string {
  return /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
}
