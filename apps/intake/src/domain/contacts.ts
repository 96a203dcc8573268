import type { NotifyChannel } from '@tiepsuc/contracts';
import { parsePhone, type PhoneKind } from '@tiepsuc/city';
import type { SubmittedReporter } from './submitted-request.js';
import { refuseRequest } from './refusals.js';

export interface Phone {
  readonly e164: string;
  readonly kind: PhoneKind;
}

/** Kinds of numbers that take text messages. */
const TAKES_MESSAGES: readonly PhoneKind[] = ['mobile', 'foreign'];

/** @throws Refusal naming the field when the number cannot be called */
export function phoneFrom(text: string | undefined, field: string): Phone | undefined {
  if (!text) return undefined;
  const phone = parsePhone(text);
  if (phone.ok) return phone;
  throw refuseRequest(phone.reason === 'short-code' ? 'phone-not-callable' : 'phone-not-valid', { field });
}

/** The way that the reporter chose, if it can be gone; else the first that can: message, e-mail, webhook. */
export function notifyChannel(
  chosen: NotifyChannel | undefined,
  { phone, email, webhookUrl }: Pick<SubmittedReporter, 'email' | 'webhookUrl'> & { readonly phone?: Phone },
): NotifyChannel {
  const open: NotifyChannel[] = [];
  if (phone && TAKES_MESSAGES.includes(phone.kind)) open.push('sms');
  if (email) open.push('email');
  if (webhookUrl) open.push('webhook');
  open.push('none');
  if (chosen === undefined) return open[0] ?? 'none';
  if (!open.includes(chosen)) throw refuseRequest('notify-contact-missing');
  return chosen;
}
