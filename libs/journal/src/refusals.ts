import { refusals } from '@tiepsuc/contracts';

/** Refusals of every service's journal. */
export const refuseRepeat = refusals({
  'idempotency-key-reused': {
    kind: 'invalid',
    field: 'idempotencyKey',
    says: { vi: 'Khóa này đã dùng cho một yêu cầu khác.', en: 'This key was used for another request.' },
    remedy: { vi: 'Gửi lại với một khóa mới.', en: 'Send it again with a new key.' },
  },
});
