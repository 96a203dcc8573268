import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { unitsAsOf, unitsOf, UNIT_VERSIONS } from './unit-catalogue.js';
import { formerDistrictsOf, predecessorsOf, successionOf } from './unit-succession.js';
import { nameKey } from './unit-names.js';
import { typeAndProperName } from './unit.js';

describe('the generated lists', () => {
  it('are what the TSV files give', () => {
    const script = fileURLToPath(new URL('../generate.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(`${status} ${stderr}`).toBe('0 ');
  });
});

describe('the units as of a date', () => {
  it.each([
    ['2021-01-01', '2021-01-01', 22, 312],
    ['2024-12-31', '2021-01-01', 22, 312],
    ['2025-01-01', '2025-01-01', 22, 273],
    ['2025-06-30', '2025-01-01', 22, 273],
    ['2025-07-01', '2025-07-01', 0, 168],
    ['2026-11-22', '2025-07-01', 0, 168],
  ])('on %s are those of %s: %i districts, %i wards', (date, version, districts, wards) => {
    const units = unitsAsOf(date);
    expect([units.version, units.districts.length, units.wards().length]).toEqual([version, districts, wards]);
  });
  it('follow the clocks of the city, not UTC', () => {
    expect(unitsAsOf('2025-06-30T17:00:00Z').version).toBe('2025-07-01');
    expect(unitsAsOf(new Date('2025-06-30T16:59:59Z')).version).toBe('2025-01-01');
  });
  it('are unknown before 2021 and on dates that do not exist', () => {
    for (const wrong of ['2020-12-31', '', '2021-02-30', 'Tết']) expect(() => unitsAsOf(wrong)).toThrow(RangeError);
  });
  it('give one code different names at different times', () => {
    expect(unitsAsOf('2021-08-01').unit('26740')?.name).toBe('Phường Bến Nghé');
    expect(unitsAsOf('2025-08-01').unit('26740')).toMatchObject({ name: 'Phường Sài Gòn', nameEn: 'Sai Gon Ward' });
    expect(unitsAsOf('2021-08-01').findWards('2', '774')[0]?.code).toBe('27313');
    expect(unitsAsOf('2025-02-01').findWards('02', '774')[0]?.code).toBe('27307');
  });
  it('say how long they are vouched for', () => {
    expect(unitsAsOf('2021-08-01').unit('26740')).toMatchObject({ validFrom: '2021-01-01', validTo: '2024-12-31' });
    expect(unitsAsOf('2026-08-01').unit('26740')?.validTo).toBeUndefined();
  });
  it('are found by level', () => {
    const units = unitsAsOf('2021-08-01');
    expect(units.district('769')?.name).toBe('Thành phố Thủ Đức');
    expect(units.district('26740')).toBeUndefined();
    expect(units.wards('769')).toHaveLength(34);
    expect(units.findDistrict('thu duc')?.code).toBe('769');
    expect(units.findWards('13')).toHaveLength(11);
    expect(units.unit('99999')).toBeUndefined();
    expect(units.unit('79')?.level).toBe('city');
  });
  it.each(UNIT_VERSIONS)('of %s fold to different keys in one district, but for one pair of July 2025', (version) => {
    const byKey = new Map<string, string[]>();
    for (const { name, parent } of unitsOf(version).wards()) {
      const key = `${parent} ${nameKey(typeAndProperName(name).proper)}`;
      byKey.set(key, [...(byKey.get(key) ?? []), name]);
    }
    const alike = [...byKey.values()].filter((names) => names.length > 1);
    expect(alike).toEqual(version === '2025-07-01' ? [['Xã Thanh An', 'Xã Thạnh An']] : []);
  });
  it.each(UNIT_VERSIONS)('of %s have NFC names', (version) => {
    const names = unitsOf(version)
      .wards()
      .map(({ name }) => name);
    expect(names.map((name) => name.normalize('NFC'))).toEqual(names);
  });
});

describe('the succession of July 2025', () => {
  it('leads every unit of early 2025 to one to three heirs', () => {
    const successions = unitsOf('2025-01-01')
      .wards()
      .map(({ code }) => successionOf(code));
    expect(successions.every((each) => each && each.to.length >= 1 && each.to.length <= 3)).toBe(true);
    expect(successions.filter((each) => each && each.to.length > 1)).toHaveLength(31);
  });
  it('is unknown for a unit that ended before', () => expect(successionOf('26869')).toBeUndefined());
  it('leads back to former districts, several for 7 units, none outside the old city', () => {
    expect(formerDistrictsOf('26740').map(({ code }) => code)).toEqual(['760']);
    expect(predecessorsOf('26740').map(({ name }) => name)).toContain('Phường Bến Nghé');
    const counts = unitsOf('2025-07-01')
      .wards()
      .map(({ code }) => formerDistrictsOf(code).length);
    expect(counts.filter((count) => count > 1)).toHaveLength(7);
    expect(counts.filter((count) => count === 0)).toHaveLength(66);
  });
});
