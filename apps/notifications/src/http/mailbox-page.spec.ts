import { mailboxPage } from './mailbox-page.js';

const message = {
  notificationId: '017acdff-5688-8fd7-b6b2-c7edf065e226',
  channel: 'email',
  maskedAddress: '•••',
  subject: 'Kết quả',
  text: '<script>alert("1")</script>',
  createdAt: new Date('2021-07-22T11:00:00.000Z'),
} as const;

describe('the mailbox page', () => {
  it('shows texts as texts', () => {
    const page = mailboxPage([message], 'vi');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(page).not.toContain('<script');
  });

  it('speaks Vietnamese, and English to those who ask for it', () => {
    expect(mailboxPage([], 'vi')).toContain('Chưa có tin nào.');
    expect(mailboxPage([message], 'en')).toContain('E-mail');
    expect(mailboxPage([message], 'en')).toContain('22/07/2021, 18:00:00');
  });
});
