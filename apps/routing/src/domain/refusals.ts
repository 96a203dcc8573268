import { refusals } from '@tiepsuc/contracts';

/** Everything that routing refuses to do, and what to do about it. */
export const refuse = refusals({
  'case-unknown': {
    kind: 'not-found',
    says: { vi: 'Điều phối không có hồ sơ này.', en: 'Routing knows no such case.' },
    remedy: {
      vi: 'Kiểm tra lại mã; hồ sơ mới nhận sẽ có sau vài giây.',
      en: 'Check the id; a case that was just filed is here in seconds.',
    },
  },
  'case-not-waiting': {
    kind: 'conflict',
    says: {
      vi: 'Hồ sơ đang ở một đơn vị, không chờ điều phối.',
      en: 'The case is with an office and does not wait for a dispatcher.',
    },
    remedy: { vi: 'Tải lại danh sách chờ.', en: 'Read the list of waiting cases again.' },
  },
  'office-not-valid': {
    kind: 'invalid',
    field: 'office',
    says: { vi: 'Danh mục không có đơn vị mang mã này.', en: 'The catalogue of offices has no such code.' },
    remedy: { vi: 'Chọn một mã ở /offices.', en: 'Choose a code from /offices.' },
  },
  'office-unknown': {
    kind: 'not-found',
    says: { vi: 'Danh mục không có đơn vị này.', en: 'The catalogue has no such office.' },
    remedy: { vi: 'Xem danh mục ở /offices.', en: 'See the catalogue at /offices.' },
  },
  'unit-unknown': {
    kind: 'not-found',
    says: { vi: 'Danh mục không có mã này.', en: 'The list has no such code.' },
    remedy: { vi: 'Xem các phiên bản ở /units.', en: 'See the versions at /units.' },
  },
  'version-unknown': {
    kind: 'not-found',
    says: { vi: 'Không có phiên bản này.', en: 'There is no such version.' },
    remedy: { vi: 'Xem các phiên bản ở /units.', en: 'See the versions at /units.' },
  },
  'date-not-valid': {
    kind: 'invalid',
    says: { vi: 'Không phải ngày có danh mục.', en: 'Not a date for which there is a list.' },
    remedy: { vi: 'Dùng ngày có thật từ 2021-01-01.', en: 'Use an actual date from 2021-01-01 on.' },
  },
});
