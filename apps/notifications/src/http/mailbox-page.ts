import type { LocalizedText } from '@tiepsuc/contracts';
import type { Tongue } from '@tiepsuc/runtime';
import { createHash } from 'node:crypto';
import type { MailboxMessage } from '../store/mailbox-messages.js';

const REFRESH_SECONDS = 5;

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
article{border:1px solid #767676;border-radius:8px;padding:.75rem 1rem;margin:1rem 0}
header{display:flex;gap:1rem;flex-wrap:wrap;color:#4a4a4a;font-size:.875rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.5rem 0 0}
`;

/** Lets the page's own style through and nothing else. */
export const MAILBOX_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const WORDS = {
  title: { vi: 'Hộp tin đi', en: 'Messages' },
  lead: {
    vi: 'Máy này không gửi tin nhắn. Đây là những tin mà người dân đã có thể nhận được.',
    en: 'This machine sends no messages. These are the ones that citizens would have received.',
  },
  none: { vi: 'Chưa có tin nào.', en: 'There are none yet.' },
  sms: { vi: 'Tin nhắn SMS', en: 'SMS' },
  email: { vi: 'Thư điện tử', en: 'E-mail' },
  webhook: { vi: 'Webhook', en: 'Webhook' },
} satisfies Record<string, LocalizedText>;

/** The mailbox as a page that renews itself every five seconds. */
export function mailboxPage(messages: readonly MailboxMessage[], tongue: Tongue): string {
  const list = messages.map((message) => articleOf(message, tongue)).join('\n');
  return `<!doctype html>
<html lang="${tongue}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${WORDS.title[tongue]} – Tiếp Sức</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${WORDS.title[tongue]}</h1>
<p>${WORDS.lead[tongue]}</p>
<main>
${list === '' ? `<p>${WORDS.none[tongue]}</p>` : list}
</main>
</body>
</html>
`;
}

function articleOf({ channel, maskedAddress, createdAt, subject, text }: MailboxMessage, tongue: Tongue): string {
  const shown = new Intl.DateTimeFormat(tongue === 'vi' ? 'vi-VN' : 'en-GB', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: 'Asia/Ho_Chi_Minh',
  }).format(createdAt);
  return `<article>
<header><span>${WORDS[channel][tongue]}</span><span>${escaped(maskedAddress)}</span>
<time datetime="${createdAt.toISOString()}">${shown}</time></header>
${subject === undefined ? '' : `<h2>${escaped(subject)}</h2>\n`}<pre>${escaped(text)}</pre>
</article>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
