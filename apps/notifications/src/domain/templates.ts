import type { DeliveryChannel, Language, Template } from '@tiepsuc/contracts';
import { officeName, outcomeName, type MessageContent } from './message-content.js';
import { smsText } from './sms-text.js';

/** What is sent. An e-mail has a subject; the text of a webhook is its JSON body. */
export interface Rendered {
  readonly subject?: string;
  readonly text: string;
}

interface Words {
  readonly code: string;
  readonly office: string;
  readonly outcome: string;
}

interface Texts {
  /** One sentence of news in as few words as will do; marks and all, since folding is the channel's business. */
  readonly sms: (words: Words) => string;
  readonly subject: (words: Words) => string;
  readonly mail: (words: Words) => string;
}

const VIETNAMESE: Readonly<Record<Template, Texts>> = {
  'request-received': {
    sms: ({ code }) => `1022: Đã tiếp nhận yêu cầu của bạn, mã ${code}. Cần hỏi thêm, gọi 1022 và đọc mã này.`,
    subject: ({ code }) => `Đã tiếp nhận yêu cầu ${code}`,
    mail: ({ code }) =>
      `Tổng đài 1022 đã tiếp nhận yêu cầu của bạn và sẽ chuyển đến đơn vị phụ trách.\n\nMã tra cứu: ${code}`,
  },
  'case-routed': {
    sms: ({ code, office }) => `1022: Yêu cầu ${code} đã được chuyển đến ${office}. Cần hỏi thêm, gọi 1022.`,
    subject: ({ code }) => `Yêu cầu ${code} đã được chuyển đến đơn vị phụ trách`,
    mail: ({ code, office }) => `Yêu cầu của bạn đã được chuyển đến: ${office}.\n\nMã tra cứu: ${code}`,
  },
  'case-accepted': {
    sms: ({ code, office }) => `1022: ${office} đã nhận xử lý yêu cầu ${code}. Cần hỏi thêm, gọi 1022.`,
    subject: ({ code }) => `Yêu cầu ${code} đang được xử lý`,
    mail: ({ code, office }) => `${office} đã nhận và đang xử lý yêu cầu của bạn.\n\nMã tra cứu: ${code}`,
  },
  'case-resolved': {
    sms: ({ code, office, outcome }) => `1022: ${office} báo yêu cầu ${code} ${outcome}. Nếu chưa đúng, gọi 1022.`,
    subject: ({ code }) => `Kết quả yêu cầu ${code}`,
    mail: ({ code, office, outcome }) =>
      `${office} đã kết thúc việc xử lý yêu cầu của bạn. Kết quả: ${outcome}.\n` +
      `Nếu kết quả này chưa đúng, xin gọi 1022 để được xem xét lại.\n\nMã tra cứu: ${code}`,
  },
};

const ENGLISH: Readonly<Record<Template, Texts>> = {
  'request-received': {
    sms: ({ code }) => `1022: We have your request, code ${code}. To ask about it, call 1022 and give this code.`,
    subject: ({ code }) => `We have your request ${code}`,
    mail: ({ code }) =>
      `The hotline 1022 has taken in your request and passes it on to the office in charge.\n\nTracking code: ${code}`,
  },
  'case-routed': {
    sms: ({ code, office }) => `1022: Request ${code} is now with: ${office}. Questions: call 1022.`,
    subject: ({ code }) => `Request ${code} is with the office in charge`,
    mail: ({ code, office }) => `Your request is now with: ${office}.\n\nTracking code: ${code}`,
  },
  'case-accepted': {
    sms: ({ code, office }) => `1022: Request ${code} is being handled by: ${office}. Questions: call 1022.`,
    subject: ({ code }) => `Request ${code} is being handled`,
    mail: ({ code, office }) => `Your request is being handled by: ${office}.\n\nTracking code: ${code}`,
  },
  'case-resolved': {
    sms: ({ code, office, outcome }) => `1022: Request ${code}: ${outcome} (${office}). If this is wrong, call 1022.`,
    subject: ({ code }) => `Result of request ${code}`,
    mail: ({ code, office, outcome }) =>
      `The work on your request has ended. Office: ${office}. Result: ${outcome}.\n` +
      `If this is wrong, call 1022 and have it looked at again.\n\nTracking code: ${code}`,
  },
};

const TEXTS: Readonly<Record<Language, Readonly<Record<Template, Texts>>>> = { vi: VIETNAMESE, en: ENGLISH };
const DRILL: Readonly<Record<Language, string>> = { vi: 'DIỄN TẬP. ', en: 'DRILL. ' };

/** The message of a notice on a channel. Pure: the same notice always gives the same text. */
export function render(notice: MessageContent, channel: DeliveryChannel): Rendered {
  if (channel === 'webhook') return { text: webhookBody(notice) };
  const { template, language, exercise } = notice;
  const texts = TEXTS[language][template];
  const words = wordsOf(notice);
  const drill = exercise ? DRILL[language] : '';
  if (channel === 'email') return { subject: drill + texts.subject(words), text: `${drill}${texts.mail(words)}\n` };
  return { text: smsText(drill + texts.sms({ ...words, office: shortened(words.office) })) };
}

function wordsOf({ trackingCode, office, outcome, language }: MessageContent): Words {
  return { code: trackingCode, office: officeName(office, language), outcome: outcomeName(outcome, language) };
}

/** How people write the longest of the names themselves. */
function shortened(office: string): string {
  return office
    .replace('Ủy ban nhân dân', 'UBND')
    .replace('Department of Labour, War Invalids and Social Affairs', 'DOLISA');
}

/** Thin: who receives it already knows whose request it is, and asks us for the rest. */
function webhookBody({ template, trackingCode, office, outcome, exercise, queuedAt }: MessageContent): string {
  return JSON.stringify({
    type: `relief.${template}`,
    timestamp: queuedAt,
    data: {
      trackingCode,
      ...(office === undefined ? {} : { office }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(exercise ? { exercise } : {}),
    },
  });
}
