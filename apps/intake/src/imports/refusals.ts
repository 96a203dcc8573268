import { refusals } from '@tiepsuc/contracts';

const NAMES_OF_COLUMNS = {
  vi: 'Xem các tên cột trong tài liệu /docs.',
  en: 'The names of columns are in the documentation at /docs.',
};

/** Why a file is not taken in. A column goes by its place: its header may be a forgotten row. */
export const refuse = refusals({
  'imports-busy': {
    kind: 'unavailable',
    retryAfterSeconds: 30,
    says: { vi: 'Đang có nhiều tệp được nhập.', en: 'Too many files are being imported.' },
    remedy: { vi: 'Xin gửi lại tệp này sau.', en: 'Send this file again later.' },
  },
  'rows-too-many': {
    kind: 'invalid',
    field: 'body',
    says: {
      vi: 'Tệp có quá 50.000 dòng; chưa nhập dòng nào.',
      en: 'The file has more than 50,000 rows; none was taken in.',
    },
    remedy: { vi: 'Chia thành nhiều tệp.', en: 'Split it into several files.' },
  },
  'header-not-valid': {
    kind: 'invalid',
    field: 'header',
    says: { vi: 'Dòng tiêu đề không đọc được.', en: 'The header cannot be read.' },
    remedy: NAMES_OF_COLUMNS,
  },
  'column-missing': {
    kind: 'invalid',
    field: 'header',
    says: { vi: 'Thiếu cột needs.', en: 'The column needs is missing.' },
    remedy: NAMES_OF_COLUMNS,
  },
  'column-not-valid': {
    kind: 'invalid',
    says: { vi: 'Không có cột nào tên như cột {place}.', en: 'The header of column {place} is unknown.' },
    remedy: NAMES_OF_COLUMNS,
  },
  'column-repeated': {
    kind: 'invalid',
    says: { vi: 'Tiêu đề của cột {place} bị lặp.', en: 'The header of column {place} is repeated.' },
    remedy: NAMES_OF_COLUMNS,
  },
});
