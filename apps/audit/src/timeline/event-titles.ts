import type { Envelope, AccessDecided } from '@tiepsuc/contracts';
import type { LocalizedText } from '@tiepsuc/contracts';

const REVEALED = 'relief.access.decided.v1';

/** What each event is called where people read a timeline. */
const TITLES: Readonly<Record<string, LocalizedText>> = {
  'relief.request.filed.v1': { vi: 'Đã tiếp nhận yêu cầu', en: 'Request taken in' },
  'relief.case.routed.v1': { vi: 'Đã phân công đơn vị xử lý', en: 'An office was chosen' },
  'relief.case.unroutable.v1': { vi: 'Chờ điều phối viên quyết định', en: 'Waits for a dispatcher' },
  'relief.case.offered.v1': { vi: 'Đã chuyển đến hộp hồ sơ của đơn vị', en: 'Put into the office’s inbox' },
  'relief.leg.opened.v1': { vi: 'Đơn vị đã nhận được hồ sơ', en: 'The office has it in its inbox' },
  'relief.leg.acknowledged.v1': { vi: 'Cán bộ đã xem hồ sơ', en: 'An officer has seen it' },
  'relief.leg.accepted.v1': { vi: 'Đơn vị nhận xử lý', en: 'The office takes the case' },
  'relief.leg.returned.v1': { vi: 'Đơn vị trả lại hồ sơ', en: 'The office gives it back' },
  'relief.leg.resolved.v1': { vi: 'Đơn vị đã xử lý xong', en: 'The office has ended its work' },
  'relief.notification.queued.v1': { vi: 'Chuẩn bị báo tin cho người dân', en: 'A message to the citizen is due' },
  'relief.notification.suppressed.v1': { vi: 'Không báo tin được', en: 'No message is sent' },
  'relief.notification.sent.v1': { vi: 'Đã gửi tin cho người dân', en: 'Message sent' },
  'relief.notification.failed.v1': { vi: 'Gửi tin chưa thành công', en: 'Sending the message failed' },
  'relief.notification.reported.v1': { vi: 'Kết quả chuyển tin', en: 'Delivery report of the message' },
  [REVEALED]: { vi: 'Có người xin xem thông tin cá nhân', en: 'Personal details were asked for' },
  'relief.key.parked.v1': { vi: 'Hồ sơ bị tạm dừng vì có lỗi', en: 'Set aside: a record could not be handled' },
  'relief.key.redriven.v1': { vi: 'Hồ sơ được xử lý tiếp', en: 'Handled again and flowing' },
  'relief.record.skipped.v1': { vi: 'Một bản ghi được bỏ qua', en: 'A record was skipped by decision' },
};

/** One event is used for both decisions on a read of the vault; a reader of the timeline must not confuse them. */
const REVEALED_TITLES: Readonly<Record<AccessDecided['decision'], LocalizedText>> = {
  granted: { vi: 'Có người xem thông tin cá nhân', en: 'Personal details were read' },
  refused: {
    vi: 'Có người xin xem thông tin cá nhân và bị từ chối',
    en: 'Personal details were asked for and refused',
  },
};

/** The title of an event; a type that this version does not know is shown as it is. */
export function titleOf({ type, data }: Pick<Envelope, 'type' | 'data'>): LocalizedText {
  const decided = type === REVEALED ? revealedTitle(data) : undefined;
  return decided ?? TITLES[type] ?? { vi: type, en: type };
}

/** Undefined when the event does not say how it ended: then the timeline does not say so either. */
function revealedTitle({ decision }: { readonly decision?: unknown }): LocalizedText | undefined {
  if (decision !== 'granted' && decision !== 'refused') return undefined;
  return REVEALED_TITLES[decision];
}
