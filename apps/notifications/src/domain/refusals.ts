import { refusals } from '@tiepsuc/contracts';

/** Everything that notifications refuses. */
export const refuse = refusals({
  /** A receipt can overtake our own record of the message. */
  'message-unknown': {
    kind: 'not-found',
    field: 'id',
    retryAfterSeconds: 30,
    says: { vi: 'Chưa có tin nhắn nào mang mã này.', en: 'No message with this id is known yet.' },
    remedy: { vi: 'Gửi lại sau 30 giây.', en: 'Send it again in 30 seconds.' },
  },
  'mailbox-page-closed': {
    kind: 'not-found',
    says: { vi: 'Trang này không mở ở đây.', en: 'This page is not open here.' },
    remedy: { vi: 'Dùng /mailbox/messages với tài khoản.', en: 'Use /mailbox/messages with an account.' },
  },
});
