import { refusals } from '@tiepsuc/contracts';

/** Everything that audit refuses. What it does not know it may not have read yet. */
export const refuse = refusals({
  'case-unknown': {
    kind: 'not-found',
    says: { vi: 'Chưa có sự kiện nào về hồ sơ này.', en: 'No event about this case has been read yet.' },
    remedy: {
      vi: 'Kiểm tra lại mã; hồ sơ mới nhận sẽ có sau vài giây.',
      en: 'Check the id; a case that was just filed is here in seconds.',
    },
  },
  'event-unknown': {
    kind: 'not-found',
    says: { vi: 'Chưa đọc được sự kiện có mã này.', en: 'No event with this id has been read yet.' },
    remedy: {
      vi: 'Kiểm tra lại mã; sự kiện mới sẽ có sau vài giây.',
      en: 'Check the id; a new event is here in seconds.',
    },
  },
});
