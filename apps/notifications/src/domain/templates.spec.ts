import { DELIVERY_CHANNELS, LANGUAGES, OUTCOMES, TEMPLATES } from '@tiepsuc/contracts';
import { OFFICES } from '@tiepsuc/city';
import { SegmentedMessage } from 'sms-segments-calculator';
import type { MessageContent } from './message-content.js';
import { smsText } from './sms-text.js';
import { render } from './templates.js';

const SEGMENTS_MAX = 2;
const notice: MessageContent = {
  template: 'case-routed',
  language: 'vi',
  trackingCode: '7KXM-2PA-94T',
  office: 'q1',
  exercise: false,
  queuedAt: '2021-07-22T11:00:00.000Z',
};

const offices = [...OFFICES.ever.map(({ code }) => code), 'not-in-the-catalogue'];
const everyNotice: MessageContent[] = TEMPLATES.flatMap((template) =>
  LANGUAGES.flatMap((language) =>
    offices.flatMap((office) =>
      [...OUTCOMES, 'not-in-the-list'].flatMap((outcome) =>
        [false, true].map((exercise) => ({ ...notice, template, language, office, outcome, exercise })),
      ),
    ),
  ),
);

describe('an SMS', () => {
  it('of every kind, language, office and outcome is GSM-7 and fits two segments', () => {
    for (const one of everyNotice) {
      const message = new SegmentedMessage(render(one, 'sms').text);
      expect([one, message.encodingName]).toEqual([one, 'GSM-7']);
      if (message.segmentsCount > SEGMENTS_MAX) throw new Error(`${message.segmentsCount}: ${render(one, 'sms').text}`);
    }
  });

  it('that is no drill fits one segment', () => {
    const long = everyNotice
      .filter(({ exercise }) => !exercise)
      .map((one) => render(one, 'sms').text)
      .filter((text) => new SegmentedMessage(text).segmentsCount > 1);
    expect(long).toEqual([]);
  });

  it('names the code and the office as people write it', () => {
    expect(render(notice, 'sms').text).toBe(
      '1022: Yeu cau 7KXM-2PA-94T da duoc chuyen den UBND Quan 1. Can hoi them, goi 1022.',
    );
    expect(render({ ...notice, language: 'en' }, 'sms').text).toBe(
      "1022: Request 7KXM-2PA-94T is now with: People's Committee of District 1. Questions: call 1022.",
    );
  });

  it('says first that it is a drill', () => {
    expect(render({ ...notice, exercise: true }, 'sms').text).toMatch(/^DIEN TAP\. 1022: /);
    expect(render({ ...notice, exercise: true, language: 'en' }, 'sms').text).toMatch(/^DRILL\. 1022: /);
  });

  it('holds no character that would cost more than one', () => {
    expect(smsText('“Đường – số 5”… [a] {b} 50 €\u00a0ok ‘x’')).toBe('"Duong - so 5"... (a) (b) 50 ? ok \'x\'');
  });
});

describe('an e-mail', () => {
  it('keeps its marks and has a subject', () => {
    const { subject, text } = render({ ...notice, template: 'case-resolved', outcome: 'delivered' }, 'email');
    expect(subject).toBe('Kết quả yêu cầu 7KXM-2PA-94T');
    expect(text).toContain('Ủy ban nhân dân Quận 1 đã kết thúc');
    expect(text).toContain('Kết quả: đã hỗ trợ xong.');
  });

  it('never breaks the line of its subject', () => {
    for (const one of everyNotice) expect(render(one, 'email').subject).toMatch(/^[^\r\n]{1,120}$/);
  });
});

describe('a webhook', () => {
  it('is thin: kind, code, office, outcome', () => {
    const { text } = render({ ...notice, template: 'case-resolved', outcome: 'referred', exercise: true }, 'webhook');
    expect(JSON.parse(text)).toEqual({
      type: 'relief.case-resolved',
      timestamp: '2021-07-22T11:00:00.000Z',
      data: { trackingCode: '7KXM-2PA-94T', office: 'q1', outcome: 'referred', exercise: true },
    });
  });
});

it('says the same for the same notice, and never something empty or unfilled', () => {
  for (const one of everyNotice) {
    for (const channel of DELIVERY_CHANNELS) {
      const { text } = render(one, channel);
      expect(text).toBe(render({ ...one }, channel).text);
      expect(text).toContain(one.trackingCode);
      expect(text).not.toMatch(/undefined|null|\[object/);
    }
  }
});
