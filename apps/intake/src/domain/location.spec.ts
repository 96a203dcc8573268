import { locationOf } from './location.js';

const CALL = '2021-07-22T11:00:00.000Z';
const AFTER_REFORM = '2026-01-10T03:00:00.000Z';

describe('where an address lies', () => {
  it('is read from its text', () =>
    expect(locationOf({ text: '12 Nguyễn Trãi, P.2, Q.5' }, CALL)).toEqual({
      districtCode: '774',
      wardCode: '27313',
      unitsVersion: '2021-01-01',
    }));

  it('is unknown without units in it', () =>
    expect(locationOf({ text: '12 Nguyễn Trãi' }, CALL)).toEqual({ unitsVersion: '2021-01-01' }));

  it('is what the codes say, whatever the text says', () =>
    expect(locationOf({ text: 'P.2, Q.5', districtCode: '777' }, CALL)).toEqual({
      districtCode: '777',
      unitsVersion: '2021-01-01',
    }));

  it('takes the ward from the text when only the district was given', () =>
    expect(locationOf({ text: 'Phường 2', districtCode: '774' }, CALL).districtCode).toBe('774'));

  it('takes the district of a given ward', () =>
    expect(locationOf({ wardCode: '27313' }, CALL)).toMatchObject({ districtCode: '774', wardCode: '27313' }));

  it('goes on taking districts that have ended, as the last list had them', () =>
    expect(locationOf({ districtCode: '777' }, AFTER_REFORM)).toEqual({
      districtCode: '777',
      unitsVersion: '2025-01-01',
    }));

  it('reads a ward of the present list without a district', () => {
    const place = locationOf({ wardCode: '26740' }, AFTER_REFORM);
    expect(place).toMatchObject({ wardCode: '26740', unitsVersion: '2025-07-01' });
    expect(place.districtCode).toBeUndefined();
  });

  it.each([
    ['ward-not-valid', { wardCode: '00000' }],
    ['district-not-valid', { districtCode: '999' }],
    ['district-not-valid', { districtCode: '999', wardCode: '27313' }],
    ['ward-not-in-district', { districtCode: '777', wardCode: '27313' }],
  ])('is refused as %s', (code, address) =>
    expect(() => locationOf(address, CALL)).toThrow(expect.objectContaining({ code })),
  );
});
