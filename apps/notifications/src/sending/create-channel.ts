import type { Database } from '@tiepsuc/journal';
import type { NotificationsConfig } from '../config.js';
import { Gateways } from './gateways.js';
import { MailGateway } from './mail-gateway.js';
import type { MessageChannel } from './message-channel.js';
import { MailboxChannel } from './mailbox-channel.js';
import { SmsGateway } from './sms-gateway.js';
import { WebhookGateway } from './webhook-gateway.js';

/** The way messages go, as the settings say; they were checked, so with a gateway nothing is missing. */
export function createChannel(config: NotificationsConfig, database: Database): MessageChannel {
  if (config.delivery === 'mailbox') return new MailboxChannel(database);
  const { smsGatewayUrl = '', smsGatewayToken = '', smsSender, smtpUrl = '', mailFrom = '' } = config;
  return new Gateways({
    sms: new SmsGateway({ url: smsGatewayUrl, token: smsGatewayToken, sender: smsSender }),
    email: new MailGateway({ url: smtpUrl, from: mailFrom }),
    webhook: new WebhookGateway({ secret: config.webhookSecret ?? '', network: config.webhookNetwork }),
  });
}
