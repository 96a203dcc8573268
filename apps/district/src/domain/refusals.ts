import { refusals } from '@tiepsuc/contracts';
import type { LegStatus } from './leg.js';

/** How officers call where a leg stands. */
export const STATUS_NAMES: Readonly<Record<LegStatus, { readonly vi: string; readonly en: string }>> = {
  opened: { vi: 'mới đến', en: 'opened' },
  acknowledged: { vi: 'đã xem', en: 'acknowledged' },
  accepted: { vi: 'đã tiếp nhận', en: 'accepted' },
  returned: { vi: 'đã trả lại', en: 'returned' },
  resolved: { vi: 'đã giải quyết', en: 'resolved' },
};

/** Everything that an office's service refuses to do; `{status}` stands for where the leg is now. */
export const refuse = refusals({
  'leg-unknown': {
    kind: 'not-found',
    says: { vi: 'Đơn vị không có hồ sơ này.', en: 'The office has no such leg.' },
    remedy: { vi: 'Tải lại danh sách hồ sơ.', en: 'Read the inbox again.' },
  },
  'leg-changed': {
    kind: 'stale',
    field: 'expectedSequence',
    says: {
      vi: 'Hồ sơ đã thay đổi từ lần đọc trước: hiện {status}.',
      en: 'It has changed since you read it: it is {status} now.',
    },
    remedy: { vi: 'Đọc lại hồ sơ rồi thực hiện lại.', en: 'Read the leg again and decide anew.' },
  },
  'leg-ended': {
    kind: 'conflict',
    says: { vi: 'Hồ sơ {status} và đã kết thúc ở đơn vị.', en: 'The leg is {status}, and that is its end.' },
    remedy: { vi: 'Không cần làm gì thêm.', en: 'There is nothing left to do here.' },
  },
  'leg-not-accepted': {
    kind: 'conflict',
    says: { vi: 'Hồ sơ {status}, chưa được tiếp nhận.', en: 'The leg is {status} and not accepted.' },
    remedy: { vi: 'Tiếp nhận hồ sơ trước khi báo kết quả.', en: 'Accept it before you resolve it.' },
  },
  'detail-missing': {
    kind: 'invalid',
    field: 'detailCode',
    says: {
      vi: 'Kết quả này cần mã quy định hoặc mã dịch vụ.',
      en: 'This outcome needs the rule that was not met, or the service.',
    },
    remedy: { vi: 'Gửi kèm detailCode.', en: 'Send a detailCode.' },
  },
  'suggested-office-not-valid': {
    kind: 'invalid',
    field: 'suggestedOffice',
    says: {
      vi: 'Đơn vị đề xuất phải là một đơn vị khác trong danh mục.',
      en: 'The suggested office must be another office of the catalogue.',
    },
    remedy: { vi: 'Chọn mã khác hoặc bỏ trống.', en: 'Choose another code or leave it out.' },
  },
  'office-not-served': {
    kind: 'not-found',
    says: { vi: 'Đơn vị này không được phục vụ ở đây.', en: 'This office is not served here.' },
    remedy: { vi: 'Dùng địa chỉ của đơn vị đó.', en: 'Use the address of that office’s own service.' },
  },
});
