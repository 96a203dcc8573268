import { refusals } from '@tiepsuc/contracts';

/** What is wrong with a request that is not taken in. */
export const refuseRequest = refusals({
  'contact-missing': {
    kind: 'invalid',
    field: 'reporter.phone',
    says: {
      vi: 'Chưa có cách nào để liên hệ hoặc tìm đến người cần giúp.',
      en: 'There is no way yet to reach or to find the person in need.',
    },
    remedy: {
      vi: 'Hãy cho biết số điện thoại, thư điện tử hoặc địa chỉ.',
      en: 'Give a phone number, an e-mail address or a postal address.',
    },
  },
  'phone-not-valid': {
    kind: 'invalid',
    says: { vi: 'Đây không phải là một số điện thoại dùng được.', en: 'This is not a phone number in use.' },
    remedy: {
      vi: 'Ghi đủ số, ví dụ 10 số bắt đầu bằng 0; số nước ngoài bắt đầu bằng +.',
      en: 'Write it in full: 10 digits beginning with 0, or + and the country code.',
    },
  },
  'phone-not-callable': {
    kind: 'invalid',
    says: {
      vi: 'Đây là đầu số dịch vụ, không gọi lại được.',
      en: 'This is the number of a service: nobody can be called back on it.',
    },
    remedy: { vi: 'Hãy ghi số của người cần liên hệ.', en: 'Give the number of the person to call.' },
  },
  'ward-not-valid': {
    kind: 'invalid',
    field: 'address.wardCode',
    says: { vi: 'Không có phường, xã nào mang mã này.', en: 'No ward has this code.' },
    remedy: {
      vi: 'Kiểm tra lại mã 5 chữ số, hoặc chỉ ghi địa chỉ.',
      en: 'Check the five digits, or give the address only.',
    },
  },
  'district-not-valid': {
    kind: 'invalid',
    field: 'address.districtCode',
    says: { vi: 'Không có quận, huyện nào mang mã này.', en: 'No district has this code.' },
    remedy: {
      vi: 'Kiểm tra lại mã 3 chữ số, hoặc chỉ ghi địa chỉ.',
      en: 'Check the three digits, or give the address only.',
    },
  },
  'ward-not-in-district': {
    kind: 'invalid',
    field: 'address.wardCode',
    says: { vi: 'Phường, xã này không thuộc quận, huyện đã ghi.', en: 'This ward does not lie in that district.' },
    remedy: {
      vi: 'Sửa một trong hai mã, hoặc bỏ mã quận, huyện.',
      en: 'Correct one of the two codes, or leave the district out.',
    },
  },
  'moment-in-future': {
    kind: 'invalid',
    field: 'occurredAt',
    says: { vi: 'Thời điểm này còn ở tương lai.', en: 'This moment lies in the future.' },
    remedy: {
      vi: 'Ghi lúc cuộc gọi bắt đầu, hoặc bỏ trống.',
      en: 'Give the moment when the call began, or leave it out.',
    },
  },
  'moment-too-old': {
    kind: 'invalid',
    field: 'occurredAt',
    says: { vi: 'Thời điểm này đã quá 60 ngày.', en: 'This moment lies more than 60 days back.' },
    remedy: {
      vi: 'Kiểm tra lại ngày; việc cũ hơn cần gọi lại 1022.',
      en: 'Check the date; what is older needs a new call to 1022.',
    },
  },
  'moment-not-valid': {
    kind: 'invalid',
    field: 'occurredAt',
    says: { vi: 'Không có thời điểm này.', en: 'There is no such moment.' },
    remedy: {
      vi: 'Ghi theo mẫu 2021-07-22T18:00:00+07:00.',
      en: 'Write it in the form 2021-07-22T18:00:00+07:00.',
    },
  },
  'backdating-not-for-citizens': {
    kind: 'invalid',
    field: 'occurredAt',
    says: {
      vi: 'Chỉ nhân viên và hệ thống được ghi thời điểm đã quá một giờ.',
      en: 'Only staff and systems may give a moment more than an hour back.',
    },
    remedy: { vi: 'Bỏ trường này, hoặc đăng nhập.', en: 'Leave it out, or sign in.' },
  },
  'channel-not-for-citizens': {
    kind: 'invalid',
    field: 'channel',
    says: { vi: 'Kênh này chỉ dành cho nhân viên và hệ thống.', en: 'This channel is for staff and systems only.' },
    remedy: { vi: 'Bỏ trường này, hoặc đăng nhập.', en: 'Leave it out, or sign in.' },
  },
  'notify-contact-missing': {
    kind: 'invalid',
    field: 'notifyBy',
    says: {
      vi: 'Chưa có thông tin để báo tin theo cách đã chọn.',
      en: 'What is needed to be told in this way was not given.',
    },
    remedy: {
      vi: 'Thêm số di động, thư điện tử hoặc địa chỉ webhook, hoặc chọn cách khác.',
      en: 'Add the phone number, e-mail address or webhook, or choose another way.',
    },
  },
  'beneficiary-contradictory': {
    kind: 'invalid',
    field: 'beneficiary.sameAsReporter',
    says: {
      vi: 'Vừa ghi là chính người báo, vừa ghi thông tin của người khác.',
      en: 'It says the beneficiary is the reporter and describes somebody else.',
    },
    remedy: {
      vi: 'Bỏ sameAsReporter, hoặc bỏ tên và số điện thoại.',
      en: 'Leave out sameAsReporter, or name and phone.',
    },
  },
});

/** What is refused to those who ask about a request or a person. */
export const refuse = refusals({
  'tracking-code-not-valid': {
    kind: 'invalid',
    field: 'trackingCode',
    says: { vi: 'Mã tra cứu chưa đúng: kiểm tra lại mã.', en: 'The tracking code is mistyped: check it.' },
    remedy: {
      vi: 'Mã có 10 chữ và số, ví dụ dạng A2C4-E6G-8HK; không có chữ O, I, L hay số 0, 1.',
      en: 'It has 10 letters and digits in the form A2C4-E6G-8HK, without O, I, L, 0 or 1.',
    },
  },
  'request-unknown': {
    kind: 'not-found',
    field: 'trackingCode',
    says: { vi: 'Không có yêu cầu nào mang mã này.', en: 'No request has this tracking code.' },
    remedy: { vi: 'Kiểm tra lại mã, hoặc gọi 1022.', en: 'Check the code, or call 1022.' },
  },
  'reveal-not-allowed': {
    kind: 'forbidden',
    says: {
      vi: 'Không được xem thông tin cá nhân này; lần hỏi này đã được ghi lại.',
      en: 'These personal details may not be shown; that you asked was recorded.',
    },
    remedy: {
      vi: 'Cần vai trò phù hợp, và đúng hồ sơ của người này.',
      en: 'It takes a role that handles cases, and the case that this person belongs to.',
    },
  },
  'person-unknown': {
    kind: 'not-found',
    field: 'personRef',
    says: {
      vi: 'Không có thông tin của người này, hoặc đã được xóa.',
      en: 'Nothing is kept of this person, or it was erased.',
    },
    remedy: { vi: 'Kiểm tra lại mã tham chiếu.', en: 'Check the reference.' },
  },
  'access-not-recorded': {
    kind: 'unavailable',
    retryAfterSeconds: 5,
    says: {
      vi: 'Chưa ghi lại được lần xem này nên không hiển thị thông tin.',
      en: 'That you ask could not be recorded, so nothing is shown.',
    },
    remedy: { vi: 'Xin thử lại sau vài giây.', en: 'Ask again in a few seconds.' },
  },
});
