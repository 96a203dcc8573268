import { NEEDS, needOf } from './needs.js';
import { HOTLINE_OPENED_ON, OFFICES } from './offices.js';
import { isOpen } from './office.js';
import { unitsAsOf } from './unit-catalogue.js';

describe('the offices of 2021', () => {
  const catalogue = OFFICES.asOf(HOTLINE_OPENED_ON);

  it('are 22 districts, two departments and the expert panel', () => {
    const kinds = catalogue.offices.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'district')).toHaveLength(22);
    expect(kinds.slice(22)).toEqual(['department', 'department', 'expert-panel']);
  });
  it('answer for each district once', () => {
    for (const district of unitsAsOf(HOTLINE_OPENED_ON).districts) {
      expect(catalogue.officeOfDistrict(district.code)?.nameVi).toBe(`Ủy ban nhân dân ${district.name}`);
    }
    expect(catalogue.officeOfDistrict('774')?.code).toBe('q5');
    expect(catalogue.officeOfDistrict('000')).toBeUndefined();
  });
  it('have codes that fit into topic names and differ', () => {
    const codes = catalogue.offices.map(({ code }) => code);
    expect(new Set(codes).size).toBe(25);
    for (const code of codes) expect(code).toMatch(/^[a-z0-9-]{2,20}$/);
  });
  it('take every need, and the kind of office that handles a need takes it', () => {
    for (const need of NEEDS) {
      expect(catalogue.taking(need.code).map(({ kind }) => kind)).toContain(need.handledBy);
    }
  });
  it('name their English district by the Vietnamese one', () => {
    expect(catalogue.office('binhthanh')).toMatchObject({
      districtCode: '765',
      nameEn: "People's Committee of Binh Thanh District",
    });
  });
});

describe('the offices over time', () => {
  it('lose the labour department in February 2025 to home affairs', () => {
    expect(OFFICES.asOf('2025-02-19').office('soldtbxh')).toBeDefined();
    const after = OFFICES.asOf('2025-02-20');
    expect(after.office('soldtbxh')).toBeUndefined();
    expect(after.taking('entitlement').map(({ code }) => code)).toEqual(['sonoivu']);
  });
  it('are the last known ones after the districts ended, with a validity that has passed', () => {
    expect(OFFICES.asOf('2026-01-01')).toMatchObject({ version: '2025-02-20', validTo: '2025-06-30' });
  });
  it('are named whenever they were, each once', () => {
    expect(OFFICES.office('soldtbxh')?.nameEn).toBe('Department of Labour, War Invalids and Social Affairs');
    expect(OFFICES.office('sonoivu')?.nameEn).toBe('Department of Home Affairs');
    expect(OFFICES.office('nowhere')).toBeUndefined();
    expect(OFFICES.ever.map(({ code }) => code)).toHaveLength(26);
  });
  it('are unknown before 2021', () => expect(() => OFFICES.asOf('2020-12-31')).toThrow(RangeError));
});

describe('opening hours', () => {
  const panel = OFFICES.asOf(HOTLINE_OPENED_ON).office('chuyengia')!;

  it('are those of the city', () => {
    expect(isOpen(panel, new Date('2021-08-01T07:59:59+07:00'))).toBe(false);
    expect(isOpen(panel, new Date('2021-08-01T08:00:00+07:00'))).toBe(true);
    expect(isOpen(panel, new Date('2021-08-01T23:59:59+07:00'))).toBe(true);
    expect(isOpen(panel, new Date('2021-08-02T00:00:00+07:00'))).toBe(false);
  });
  it('may reach over midnight', () => {
    const night = { ...panel, hours: { from: '22:00', to: '06:00' } };
    expect(isOpen(night, new Date('2021-08-01T23:00:00+07:00'))).toBe(true);
    expect(isOpen(night, new Date('2021-08-01T05:59:00+07:00'))).toBe(true);
    expect(isOpen(night, new Date('2021-08-01T06:00:00+07:00'))).toBe(false);
  });
  it('are all day where none are given', () => {
    expect(isOpen(OFFICES.asOf(HOTLINE_OPENED_ON).office('q1')!, new Date('2021-08-01T03:00:00+07:00'))).toBe(true);
  });
});

describe('needs', () => {
  it('are found by code', () => {
    expect(needOf('entitlement')).toMatchObject({ handling: 'entitlement-check', handledBy: 'department' });
    expect(needOf('constructor')).toBeUndefined();
  });
  it('have two names each and distinct codes', () => {
    expect(new Set(NEEDS.map(({ code }) => code)).size).toBe(NEEDS.length);
    for (const { nameVi, nameEn } of NEEDS) expect(nameVi.length * nameEn.length).toBeGreaterThan(0);
  });
});
