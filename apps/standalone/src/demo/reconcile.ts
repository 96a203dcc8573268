import { routedOf, sumOf, type Figures } from './figures.js';
import type { Tally } from './run-book.js';

/** Something that must be so, with both sides as they are. */
export interface Equation {
  readonly vi: string;
  readonly en: string;
  readonly left: number;
  readonly right: number;
  readonly holds: boolean;
}

/**
 * Whether the figures of the services fit together and with what the generator was answered.
 * @param answered what the generator was answered
 * @param isAlone only the demo uses the city; otherwise the services may have done more than the generator asked for
 */
export function reconcile(figures: Figures, answered: Tally, isAlone: boolean): Equation[] {
  const { offices } = figures;
  const resolved = sumOf(offices, (one) => one.resolved);
  const returned = sumOf(offices, (one) => one.returned);
  const accepted = sumOf(offices, (one) => one.log.accepted);
  const answers = (vi: string, en: string, [left, right]: Sides): Equation => ({
    vi: `${vi}: được trả lời = được ghi nhận`,
    en: `${en}: answered to the generator = on record`,
    left,
    right,
    holds: isAlone ? left === right : left <= right,
  });
  return [
    answers('tiếp nhận', 'filed', [answered.filed, figures.filed]),
    answers('đã nhận việc', 'accepted', [answered.accepted, accepted]),
    answers('đã giải quyết', 'resolved', [answered.resolved, resolved]),
    answers('trả lại', 'returned', [answered.returned, returned]),
    equation('tiếp nhận = đã chuyển + chưa chuyển được + chưa xét', 'filed = routed + unroutable + open', [
      figures.filed,
      routedOf(figures) + figures.waiting + figures.undecided,
    ]),
    equation('chưa xét = 0', 'open = 0', [figures.undecided, 0]),
    equation('lượt chuyển = tổng lượt của các đơn vị', 'decisions for an office = sum of the offices’ turns', [
      figures.routings,
      sumOf(offices, (one) => one.total),
    ]),
    answers('điều phối viên đã xét', 'decided by the dispatcher', [
      answered.dispatched,
      figures.unroutables - figures.waiting,
    ]),
    ...offices.flatMap(equationsOfOffice),
    ...equationsOfNotifications(figures, { accepted, resolved }),
    equation('hồ sơ bị gác lại = 0', 'parked = 0', [figures.parked, 0]),
    equation('bản ghi có vấn đề = 0', 'records with problems = 0', [figures.problems, 0]),
  ];
}

function equationsOfOffice(one: Figures['offices'][number]): Equation[] {
  const { office, log } = one;
  const statuses = one.opened + one.acknowledged + one.accepted + one.returned + one.resolved;
  return [
    equation(`${office}: tổng = các trạng thái`, `${office}: total = statuses`, [one.total, statuses]),
    equation(`${office}: tổng = lượt được chuyển`, `${office}: total = offered`, [one.total, log.offered]),
    equation(`${office}: tổng = lượt đã mở`, `${office}: total = opened`, [one.total, log.opened]),
    equation(`${office}: đã giải quyết = các kết quả`, `${office}: resolved = outcomes`, [one.resolved, one.outcomes]),
    equation(`${office}: đã giải quyết = nhật ký`, `${office}: resolved = log`, [one.resolved, log.resolved]),
    equation(`${office}: trả lại = nhật ký`, `${office}: returned = log`, [one.returned, log.returned]),
  ];
}

/** A citizen is told four things at most: filed, routed (each time), accepted, resolved. Each is queued or suppressed. */
function equationsOfNotifications(
  { filed, routings, notifications }: Figures,
  { accepted, resolved }: { accepted: number; resolved: number },
): Equation[] {
  const { total, sent, suppressed, dead, waiting, log } = notifications;
  return [
    equation(
      'thông báo = tiếp nhận + chuyển + nhận việc + giải quyết',
      'notifications = filed + decisions for an office + accepted + resolved',
      [total, filed + routings + accepted + resolved],
    ),
    equation('thông báo = đã gửi + không cần gửi + không gửi được', 'notifications = sent + suppressed + given up', [
      total,
      sent + suppressed + dead,
    ]),
    equation('thông báo còn chờ = 0', 'notifications that wait = 0', [waiting, 0]),
    equation('đã gửi = nhật ký', 'sent = log', [sent, log.sent]),
  ];
}

type Sides = readonly [left: number, right: number];

function equation(vi: string, en: string, [left, right]: Sides): Equation {
  return { vi, en, left, right, holds: left === right };
}
