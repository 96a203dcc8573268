import type { Office } from '@tiepsuc/city';
import { PUBLISHED } from './arrival-curve.js';
import { routedOf, sumOf, type Figures, type OfficeFigures } from './figures.js';
import type { Equation } from './reconcile.js';

const LINE = '─'.repeat(78);
const BAR_CELLS = 24;
/** Widths of the table of offices. */
const NAME = 40;
const CELL = 9;

/** The figures as people read them: the funnel, then what each office did. */
export function funnel(figures: Figures, offices: readonly Office[]): string {
  const { filed, waiting, undecided, notifications } = figures;
  const accepted = sumOf(figures.offices, (one) => one.log.accepted);
  const resolved = sumOf(figures.offices, (one) => one.resolved);
  const routed = routedOf(figures);
  const step = (name: string, count: number): string =>
    `  ${name.padEnd(38)} ${String(count).padStart(8)}  ${percent(count, filed).padStart(7)}  ${bar(count, filed)}`;
  return [
    LINE,
    'Phễu xử lý / funnel',
    LINE,
    step('Tiếp nhận / filed', filed),
    step('Đã chuyển đến đơn vị / routed', routed),
    step('Chờ điều phối viên / unroutable', waiting),
    step('Chưa xét / open', undecided),
    step('Đơn vị đã nhận / accepted', accepted),
    step('Đã giải quyết / resolved', resolved),
    `  ${'Lượt báo tin / citizens told (messages)'.padEnd(38)} ${String(notifications.sent).padStart(8)}`,
    '',
    `  ${'Đơn vị / office'.padEnd(NAME)} ${['hồ sơ', 'đã nhận', 'xong', 'trả lại', 'tỷ lệ'].map((head) => head.padStart(CELL)).join('')}`,
    `  ${''.padEnd(NAME)} ${['cases', 'taken', 'done', 'returned', 'handled'].map((head) => head.padStart(CELL)).join('')}`,
    ...figures.offices.map((one) => officeLine(one, offices)),
    officeLine(totalOf(figures.offices), []),
    '',
    `  Đã giải quyết ${percent(resolved, routed)} số hồ sơ đã chuyển (tổng đài tháng 7/2021 công bố: ${percent(PUBLISHED.handledShare, 1)})`,
    `  ${percent(resolved, routed)} of the routed cases are resolved (published by the hotline in July 2021: ${percent(PUBLISHED.handledShare, 1)})`,
  ].join('\n');
}

/** Says that all holds, or what does not. */
export function verdict(equations: readonly Equation[]): string {
  const broken = equations.filter(({ holds }) => !holds);
  if (broken.length === 0) {
    return `  ✓ ${equations.length} phép đối chiếu đều khớp / all ${equations.length} checks reconcile`;
  }
  return [
    `  ✗ ${broken.length} phép đối chiếu không khớp / checks do not reconcile:`,
    ...broken.map(({ vi, en, left, right }) => `    ${vi} / ${en}: ${left} ≠ ${right}`),
  ].join('\n');
}

function officeLine(one: OfficeFigures, offices: readonly Office[]): string {
  const name = offices.find(({ code }) => code === one.office)?.nameVi.replace('Ủy ban nhân dân ', '') ?? '';
  const cases = one.total - one.returned;
  const cells = [cases, one.accepted + one.resolved, one.resolved, one.returned].map(String);
  const line = [...cells, percent(one.resolved, cases)].map((cell) => cell.padStart(CELL)).join('');
  return `  ${`${one.office} ${name}`.slice(0, NAME).padEnd(NAME)} ${line}`;
}

function totalOf(offices: readonly OfficeFigures[]): OfficeFigures {
  const sum = (of: (one: OfficeFigures) => number): number => sumOf(offices, of);
  return {
    office: 'Tổng cộng / total',
    total: sum((one) => one.total),
    opened: sum((one) => one.opened),
    acknowledged: sum((one) => one.acknowledged),
    accepted: sum((one) => one.accepted),
    returned: sum((one) => one.returned),
    resolved: sum((one) => one.resolved),
    outcomes: sum((one) => one.outcomes),
    log: { offered: 0, opened: 0, accepted: 0, returned: 0, resolved: 0 },
  };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function bar(part: number, whole: number): string {
  return '█'.repeat(whole === 0 ? 0 : Math.round((BAR_CELLS * part) / whole));
}
