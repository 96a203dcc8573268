import { refusals } from '@tiepsuc/contracts';

/** What is refused of a decision about parked keys. */
export const refuseParked = refusals({
  'group-unknown': {
    kind: 'not-found',
    field: 'groupId',
    says: { vi: 'Dịch vụ này không có nhóm đọc như vậy.', en: 'This service has no such group.' },
    remedy: { vi: 'Xem danh sách khóa tạm dừng.', en: 'See the list of parked keys.' },
  },
  'parked-key-unknown': {
    kind: 'not-found',
    field: 'key',
    says: { vi: 'Khóa này không bị tạm dừng.', en: 'This key is not parked.' },
    remedy: { vi: 'Xem lại danh sách khóa tạm dừng.', en: 'See the list of parked keys again.' },
  },
  'parked-record-unknown': {
    kind: 'not-found',
    says: { vi: 'Không có bản ghi nào chờ dưới khóa này.', en: 'No record waits under this key.' },
    remedy: { vi: 'Xử lý lại khóa này để mở nó.', en: 'Redrive the key, which opens it.' },
  },
  'parked-key-changed': {
    kind: 'stale',
    field: 'first',
    says: { vi: 'Bản ghi đầu tiên nay là một bản ghi khác.', en: 'Another record is first now.' },
    remedy: { vi: 'Xem lại danh sách rồi quyết định lại.', en: 'Look at the list again and decide anew.' },
  },
  'reason-not-valid': {
    kind: 'invalid',
    field: 'reason',
    says: { vi: 'Lý do phải là một mã.', en: 'The reason must be a code.' },
    remedy: {
      vi: 'Dùng tối đa 64 chữ cái, chữ số và dấu gạch nối.',
      en: 'Use up to 64 letters, digits and dashes.',
    },
  },
});
