import { OFFICES } from '@tiepsuc/city';
import { chooseOffice, pressingNeed, type RoutingQuestion } from './rules.js';

const catalogue = OFFICES.asOf('2021-07-22');
const DAY = new Date('2021-07-23T10:00:00+07:00');
const NIGHT = new Date('2021-07-23T03:00:00+07:00');

const ask = (question: Partial<RoutingQuestion>, tried: readonly string[] = [], offices = catalogue) =>
  chooseOffice(
    { needs: ['food'], urgency: 'normal', unitsVersion: '2021-01-01', at: DAY, ...question },
    offices,
    tried,
  );

describe('the rules', () => {
  it.each(['food', 'necessities', 'medicine', 'lonely-elderly', 'homeless-child', 'travel', 'other'])(
    'give %s to the office of the area',
    (need) =>
      expect(ask({ needs: [need], districtCode: '778' })).toMatchObject({ office: 'q7', rule: 'area-need', need }),
  );

  it('name the offices that could take it too', () => {
    expect(ask({ needs: ['medicine'], districtCode: '760' })).toMatchObject({ office: 'q1', alternatives: ['soyte'] });
    expect(ask({ needs: ['food'], districtCode: '760' })).toMatchObject({ alternatives: [] });
  });

  it('give a consultation to the experts while they are there, else to the department of health', () => {
    expect(ask({ needs: ['medical-consultation'] })).toMatchObject({ office: 'chuyengia', alternatives: ['soyte'] });
    expect(ask({ needs: ['medical-consultation'], at: NIGHT })).toMatchObject({ office: 'soyte', alternatives: [] });
  });

  it.each([
    ['2021-07-23T07:59:59+07:00', 'soyte'],
    ['2021-07-23T08:00:00+07:00', 'chuyengia'],
    ['2021-07-23T23:59:59+07:00', 'chuyengia'],
    ['2021-07-24T00:00:00+07:00', 'soyte'],
  ])('know the hours on the city’s clocks: %s', (at, office) => {
    expect(ask({ needs: ['medical-consultation'], at: new Date(at) })).toMatchObject({ office });
  });

  it('give danger to the department of health at any hour, whatever else is needed', () => {
    for (const at of [DAY, NIGHT]) expect(ask({ needs: ['emergency'], at })).toMatchObject({ office: 'soyte' });
    expect(ask({ needs: ['food', 'emergency'], districtCode: '760' })).toMatchObject({
      office: 'soyte',
      need: 'emergency',
    });
    expect(ask({ needs: ['medical-consultation'], urgency: 'emergency' })).toMatchObject({
      office: 'soyte',
      alternatives: ['chuyengia'],
    });
  });

  it('give an entitlement to the department that has it that year', () => {
    expect(ask({ needs: ['entitlement'] })).toMatchObject({ office: 'soldtbxh', rule: 'department-need' });
    expect(ask({ needs: ['entitlement'] }, [], OFFICES.asOf('2025-03-01'))).toMatchObject({ office: 'sonoivu' });
  });

  it.each([{}, { districtCode: '000' }, { wardCode: '99999' }, { wardCode: '27475', unitsVersion: 'unheard-of' }])(
    'do not guess an area: %p',
    (area) => expect(ask(area)).toMatchObject({ unroutable: 'no-area', need: 'food' }),
  );

  it('find the district of a ward', () => {
    expect(ask({ wardCode: '27475' })).toMatchObject({ office: 'q7', rule: 'area-need' });
  });

  it('find the former district of a ward of today, unless it was made from several', () => {
    const today = { unitsVersion: '2025-07-01' };
    expect(ask({ ...today, wardCode: '26740' })).toMatchObject({ office: 'q1', rule: 'former-area-need' });
    const outsideTheOldCity = '25747';
    const madeFromSeveral = '27364';
    for (const wardCode of [outsideTheOldCity, madeFromSeveral]) {
      expect(ask({ ...today, wardCode })).toMatchObject({ unroutable: 'no-area' });
    }
  });

  it('never go back to an office that had the case, and say so', () => {
    const tried = ask({ needs: ['medicine'], districtCode: '760' }, ['q1']);
    expect(tried).toMatchObject({
      office: 'soyte',
      considered: expect.arrayContaining([{ office: 'q1', rule: 'area-need', verdict: 'had-it-before' }]),
    });
    expect(ask({ needs: ['food'], districtCode: '760' }, ['q1'])).toMatchObject({ unroutable: 'no-office' });
  });

  it('leave a need that nobody knows to people', () => {
    expect(ask({ needs: ['boat'], districtCode: '760' })).toEqual({
      unroutable: 'no-office',
      need: 'boat',
      considered: [],
    });
    expect(pressingNeed(['boat', 'food'])).toBe('food');
  });
});
