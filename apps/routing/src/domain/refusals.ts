import { Refusal } from '@tiepsuc/contracts';

/** Everything that routing refuses to do, and what to do about it. Programs decide by the codes: never rename one. */
export const REFUSALS = {
  'case-unknown': {
    status: 404,
    says: { vi: 'Điều phối không có hồ sơ này.', en: 'Routing knows no such case.' },
    remedy: {
      vi: 'Kiểm tra lại mã; hồ sơ mới nhận sẽ có sau vài giây.',
      en: 'Check the id; a case that was just filed is here in seconds.',
    },
  },
  'case-not-waiting': {
    status: 409,
    says: {
      vi: 'Hồ sơ đang ở một đơn vị, không chờ điều phối.',
      en: 'The case is with an office and does not wait for a dispatcher.',
    },
    remedy: { vi: 'Tải lại danh sách chờ.', en: 'Read the list of waiting cases again.' },
  },
  'office-unknown': {
    status: 422,
    field: 'office',
    says: { vi: 'Danh mục không có đơn vị mang mã này.', en: 'The catalogue of offices has no such code.' },
    remedy: { vi: 'Chọn một mã ở /offices.', en: 'Choose a code from /offices.' },
  },
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** The refusal of that code. */
export function refusal(code: RefusalCode): Refusal {
  const { says, ...details } = REFUSALS[code];
  return new Refusal(code, says.en, details);
}
