import { ServiceAccountConfig, Setting } from '@tiepsuc/runtime';
import { IsIn, IsInt, IsNotEmpty, IsUrl, Matches, Max, Min, MinLength, ValidateIf } from 'class-validator';

const WEB_ADDRESS = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };
const SECRET_MIN_CHARS = 32;
const CONCURRENCY_MAX = 256;
const BY_GATEWAY = ValidateIf(({ delivery }: NotificationsConfig) => delivery === 'gateway');

export class NotificationsConfig extends ServiceAccountConfig {
  @Setting({ env: 'INTAKE_URL', meaning: 'the address of the intake service, whose vault holds the addresses' })
  @IsUrl(WEB_ADDRESS)
  intakeUrl!: string;

  @Setting({
    env: 'DELIVERY',
    meaning: 'gateway to send messages, or mailbox to only show them: nobody is told anything then',
  })
  @IsIn(['mailbox', 'gateway'])
  delivery!: 'mailbox' | 'gateway';

  @Setting({
    env: 'MAILBOX_PAGE',
    meaning: 'open to show the mailbox to anyone who reaches this port, closed to need an account',
    fallback: 'closed',
  })
  @IsIn(['open', 'closed'])
  mailboxPage!: 'open' | 'closed';

  @Setting({
    env: 'SEND_CONCURRENCY',
    meaning: 'how many messages may be on their way at a time; 0 to only queue them, for another process to send',
    fallback: '32',
  })
  @IsInt()
  @Min(0)
  @Max(CONCURRENCY_MAX)
  sendConcurrency!: number;

  @Setting({ env: 'SMS_GATEWAY_URL', meaning: 'where the SMS gateway takes messages', optional: true })
  @BY_GATEWAY
  @IsUrl(WEB_ADDRESS)
  smsGatewayUrl?: string;

  @Setting({ env: 'SMS_GATEWAY_TOKEN', meaning: 'the bearer token for the SMS gateway', optional: true, secret: true })
  @BY_GATEWAY
  @IsNotEmpty()
  smsGatewayToken?: string;

  @Setting({ env: 'SMS_SENDER', meaning: 'what a phone shows as the sender of a message', fallback: '1022' })
  @Matches(/^[A-Za-z0-9 ._-]{3,11}$|^\d{3,15}$/)
  smsSender!: string;

  @Setting({
    env: 'SMTP_URL',
    meaning: 'the mail server, smtps://user:password@host:465 or smtp://host:587?requireTLS=true',
    optional: true,
    secret: true,
  })
  @BY_GATEWAY
  @Matches(/^smtps?:\/\/./)
  smtpUrl?: string;

  @Setting({ env: 'MAIL_FROM', meaning: 'the sender of e-mails, for example 1022@example.org', optional: true })
  @BY_GATEWAY
  @Matches(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/)
  mailFrom?: string;

  @Setting({
    env: 'WEBHOOK_SECRET',
    meaning: 'what webhooks are signed with, whsec_ and at least 24 bytes in base64',
    optional: true,
    secret: true,
  })
  @BY_GATEWAY
  @Matches(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/)
  webhookSecret?: string;

  @Setting({
    env: 'WEBHOOK_NETWORK',
    meaning: 'public to send webhooks by HTTPS to public addresses only, any for a closed network',
    fallback: 'public',
  })
  @IsIn(['public', 'any'])
  webhookNetwork!: 'public' | 'any';

  @Setting({
    env: 'RECEIPT_SECRET',
    meaning: `what the SMS gateway signs its receipts with, at least ${SECRET_MIN_CHARS} characters`,
    optional: true,
    secret: true,
  })
  @BY_GATEWAY
  @MinLength(SECRET_MIN_CHARS)
  receiptSecret?: string;
}
