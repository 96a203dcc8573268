import { event } from './checks.fixture.js';
import type { LoggedEvent } from './logged-record.js';
import { citizensAreToldOnce, type DeliveryRow } from './notification-checks.js';

const news = { caseId: 'c', template: 'case-routed', office: 'q1' };
const queued = (subject: string, data: object = news) =>
  event({ type: 'relief.notification.queued.v1', subject, data: { ...data } });
const sent = (subject: string) => event({ type: 'relief.notification.sent.v1', subject, sequence: 2 });
const suppressed = (subject: string, reason: string) =>
  event({ type: 'relief.notification.suppressed.v1', subject, sequence: 2, data: { reason } });
const failed = (subject: string, retryAt?: string) =>
  event({ type: 'relief.notification.failed.v1', subject, sequence: 2, data: { retryAt } });

const told: DeliveryRow = { notification_id: 'n', status: 'sent', reason: null, is_shown: true };
const untold = (reason: string): DeliveryRow => ({
  notification_id: 'm',
  status: 'suppressed',
  reason,
  is_shown: false,
});
const first = [queued('n'), sent('n')];

/** The verdict on one that was told and whatever else is given. */
function judged(events: readonly LoggedEvent[], rows: readonly DeliveryRow[]) {
  return citizensAreToldOnce([...first, ...events], [told, ...rows]);
}

describe('citizens', () => {
  it('were told each thing once when what was queued was sent, or was no news any more', () => {
    const events = [queued('m'), suppressed('m', 'already-told'), suppressed('o', 'no-address')];
    const rows = [untold('already-told'), { ...untold('no-address'), notification_id: 'o' }];
    expect(judged(events, rows)).toMatchObject({
      ok: true,
      figure:
        '2 queued = 1 told + 1 told before + 0 outdated, 1 without an address, 0 attempts failed, 0 given up, 0 shown wrongly',
    });
  });

  it('were when an attempt failed and the next one did not, or was overtaken', () => {
    const again = [queued('m'), failed('m', '2026-01-01T00:00:00Z')];
    expect(judged([...again, sent('m')], [{ ...told, notification_id: 'm' }]).ok).toBe(true);
    expect(judged([...again, suppressed('m', 'outdated')], [untold('outdated')]).ok).toBe(true);
  });

  const second = { ...told, notification_id: 'm' };
  const broken: readonly (readonly [string, readonly LoggedEvent[], readonly DeliveryRow[]])[] = [
    ['was never told', [queued('m')], []],
    ['is still due', [queued('m')], [{ ...second, status: 'queued', is_shown: false }]],
    ['was told twice', [queued('m'), sent('m'), { ...sent('m'), sequence: 3 }], [second]],
    ['is said to be told and was not', [queued('m'), sent('m')], [{ ...second, is_shown: false }]],
    ['was told though it says otherwise', [queued('m'), sent('m')], [{ ...second, status: 'dead' }]],
    ['was told what nobody said', [], [second]],
    ['was given up', [queued('m'), failed('m')], [{ ...second, status: 'dead', is_shown: false }]],
    [
      'was not told for a reason that the row does not know',
      [queued('m'), suppressed('m', 'already-told')],
      [untold('outdated')],
    ],
    [
      'was not told because of news that nobody told',
      [queued('m', { ...news, office: 'q3' }), suppressed('m', 'already-told')],
      [untold('already-told')],
    ],
    [
      'was not told again what is news each time',
      [queued('m', { ...news, template: 'case-resolved' }), suppressed('m', 'already-told')],
      [untold('already-told')],
    ],
    ['was overtaken at the first attempt', [queued('m'), suppressed('m', 'outdated')], [untold('outdated')]],
    ['had no address though it was queued', [queued('m'), suppressed('m', 'no-address')], [untold('no-address')]],
    ['has two rows', [], [told]],
  ];

  it.each(broken)('were not when one %s', (_, events, rows) => {
    expect(judged(events, rows).ok).toBe(false);
  });

  it('were not when nobody was told anything', () => {
    expect(citizensAreToldOnce([], []).ok).toBe(false);
  });
});
