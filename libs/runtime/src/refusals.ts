import { refusals } from '@tiepsuc/contracts';

/** What the platform itself refuses of a request that HTTP has no say in. */
export const refuse = refusals({
  'cursor-not-valid': {
    kind: 'invalid',
    field: 'cursor',
    says: { vi: 'Không có trang nào ở vị trí này.', en: 'No page begins here.' },
    remedy: {
      vi: 'Dùng giá trị next của lần trả lời trước, hoặc bỏ trống.',
      en: 'Use the "next" of an answer, or leave it out.',
    },
  },
});
