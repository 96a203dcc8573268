import { since, type Figures, type OfficeFigures } from './figures.js';
import { funnel, verdict } from './funnel.js';
import { reconcile } from './reconcile.js';
import type { Tally } from './run-book.js';

const q1: OfficeFigures = {
  office: 'q1',
  total: 6,
  opened: 0,
  acknowledged: 1,
  accepted: 1,
  returned: 1,
  resolved: 3,
  outcomes: 3,
  log: { offered: 6, opened: 6, accepted: 4, returned: 1, resolved: 3 },
};
const q3: OfficeFigures = {
  office: 'q3',
  total: 3,
  opened: 0,
  acknowledged: 0,
  accepted: 1,
  returned: 0,
  resolved: 2,
  outcomes: 2,
  log: { offered: 3, opened: 3, accepted: 3, returned: 0, resolved: 2 },
};
/** Ten filed: six for q1, of which one went on to q3; two more for q3; two unplaceable, of which the dispatcher placed one. */
const figures: Figures = {
  filed: 9,
  undecided: 0,
  routings: 9,
  unroutables: 2,
  waiting: 1,
  offices: [q1, q3],
  notifications: { total: 30, waiting: 0, sent: 27, suppressed: 3, dead: 0, log: { sent: 27 } },
  parked: 0,
  problems: 0,
};
const answered: Tally = { filed: 9, accepted: 7, resolved: 5, returned: 1, dispatched: 1 };

const broken = (changed: Figures, tally = answered, isAlone = true) =>
  reconcile(changed, tally, isAlone).filter(({ holds }) => !holds);

describe('the figures of a city', () => {
  it('reconcile when every service says what the others say', () => {
    expect(broken(figures)).toEqual([]);
    expect(verdict(reconcile(figures, answered, true))).toContain('all 26 checks reconcile');
  });

  it.each<[string, Figures, RegExp]>([
    ['a request that was lost on the way', { ...figures, filed: 10 }, /filed = routed \+ unroutable \+ open/],
    ['a case that vanished from the dispatcher', { ...figures, waiting: 0 }, /filed = routed/],
    ['a request that routing has not read', { ...figures, undecided: 1 }, /^open = 0/],
    [
      'a case that two offices have',
      { ...figures, offices: [q1, { ...q3, total: 4, accepted: 2 }] },
      /q3: total = offered/,
    ],
    [
      'a status that was not counted',
      { ...figures, offices: [{ ...q1, acknowledged: 0 }, q3] },
      /q1: total = statuses/,
    ],
    [
      'an outcome that was counted twice',
      { ...figures, offices: [{ ...q1, outcomes: 4 }, q3] },
      /q1: resolved = outcomes/,
    ],
    [
      'a citizen who was not told',
      { ...figures, notifications: { ...figures.notifications, total: 29, sent: 26 } },
      /notifications = filed/,
    ],
    [
      'a message that is still to go',
      { ...figures, notifications: { ...figures.notifications, waiting: 1 } },
      /notifications that wait/,
    ],
    ['a case that was parked', { ...figures, parked: 1 }, /parked = 0/],
    ['a record that is not valid', { ...figures, problems: 1 }, /records with problems/],
  ])('do not reconcile with %s', (_, changed, expected) => {
    expect(broken(changed).map(({ en }) => en)).toContainEqual(expect.stringMatching(expected));
  });

  it('must be what the generator was answered, and may be more only when others use the city too', () => {
    expect(broken(figures, { ...answered, filed: 8 })).toMatchObject([{ left: 8, right: 9 }]);
    expect(broken(figures, { ...answered, filed: 8 }, false)).toEqual([]);
    expect(broken(figures, { ...answered, filed: 10 }, false)).toHaveLength(1);
    expect(verdict(reconcile(figures, { ...answered, filed: 8 }, true))).toContain('8 ≠ 9');
  });

  it('count what came on top of what was there before', () => {
    const now: Figures = {
      ...figures,
      filed: 19,
      offices: [{ ...q1, total: 16, log: { ...q1.log, offered: 16 } }, q3],
    };
    const added = since(figures, now);
    expect(added).toMatchObject({ filed: 10, routings: 0, notifications: { total: 0, log: { sent: 0 } } });
    expect(added.offices[0]).toMatchObject({ office: 'q1', total: 10, log: { offered: 10, opened: 0 } });
  });

  it('are printed with the share that each office handled', () => {
    const offices = [
      { code: 'q1', kind: 'district', nameVi: 'Ủy ban nhân dân Quận 1', nameEn: '', needs: [] },
    ] as const;
    const printed = funnel(figures, offices);
    expect(printed).toMatch(/q1 Quận 1 .* 5 +4 +3 +1 +60\.0 %/);
    expect(printed).toMatch(/total .* 8 +7 +5 +1 +62\.5 %/);
  });
});
