import { CaseOffered, declaredFields, OfferedCase } from '@tiepsuc/contracts';
import { filledSample } from '@tiepsuc/contracts/samples';
import { open } from '../domain/handling.js';
import { evolve, unknownLeg } from '../domain/leg.js';
import { legs } from '../store/legs.js';
import type { LegRow } from '../store/leg.row.js';
import { legView, listItemOf } from './leg-view.js';

/** Shown as names instead, or no business of the office. */
const NOT_SHOWN = ['needs', 'unitsVersion', 'notifyBy', 'language'];
/** Shown on the leg's own page only. */
const NOT_LISTED = ['office', 'reporterRef'];

const offered = filledSample(CaseOffered);
const recorded = { time: '2021-07-22T11:01:25.004Z', actor: 'system:district', sequence: 1 };
const [opened] = open(unknownLeg, offered);
if (!opened) throw new Error('the leg was not opened');
const leg = evolve(unknownLeg, opened, recorded);
if (leg.status === 'unknown') throw new Error('the leg is not known');
const [row] = legs.project?.(leg, leg.facts.legId, recorded) ?? [];
const listed: object = listItemOf(row?.row as unknown as LegRow);

describe('an offered case', () => {
  it.each(declaredFields(OfferedCase))('keeps %s when its leg is opened', (field) => {
    expect(offered[field]).toBeDefined();
    expect(opened.data).toHaveProperty(field, offered[field]);
  });

  it.each(declaredFields(OfferedCase).filter((field) => !NOT_SHOWN.includes(field)))('shows %s', (field) => {
    expect(legView(leg, false)).toHaveProperty(field, offered[field]);
    if (!NOT_LISTED.includes(field)) expect(listed).toHaveProperty(field, offered[field]);
  });

  it('shows its needs and its area by name', () =>
    expect(listed).toMatchObject({
      needs: [{ code: 'food', nameVi: 'Lương thực, thực phẩm' }, { code: 'medicine' }],
      districtName: 'Quận 7',
    }));
});
