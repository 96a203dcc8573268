import type { NeedCode } from './needs.js';
import { OfficeCatalogue } from './office-catalogue.js';
import { OfficeDirectory } from './office-directory.js';
import type { Office } from './office.js';
import { unitsOf } from './unit-catalogue.js';

/** The day the hotline's branch for people in hardship opened: the date to ask for when its first weeks are replayed. */
export const HOTLINE_OPENED_ON = '2021-07-22';

const DISTRICT_NEEDS: readonly NeedCode[] = [
  'food',
  'necessities',
  'medicine',
  'lonely-elderly',
  'homeless-child',
  'travel',
  'other',
];

/** [office code, district code, English name], in the order in which people list the districts. */
const DISTRICT_OFFICES: readonly (readonly [string, string, string])[] = [
  ['q1', '760', 'District 1'],
  ['q3', '770', 'District 3'],
  ['q4', '773', 'District 4'],
  ['q5', '774', 'District 5'],
  ['q6', '775', 'District 6'],
  ['q7', '778', 'District 7'],
  ['q8', '776', 'District 8'],
  ['q10', '771', 'District 10'],
  ['q11', '772', 'District 11'],
  ['q12', '761', 'District 12'],
  ['binhtan', '777', 'Binh Tan District'],
  ['binhthanh', '765', 'Binh Thanh District'],
  ['govap', '764', 'Go Vap District'],
  ['phunhuan', '768', 'Phu Nhuan District'],
  ['tanbinh', '766', 'Tan Binh District'],
  ['tanphu', '767', 'Tan Phu District'],
  ['thuduc', '769', 'Thu Duc City'],
  ['binhchanh', '785', 'Binh Chanh District'],
  ['cangio', '787', 'Can Gio District'],
  ['cuchi', '783', 'Cu Chi District'],
  ['hocmon', '784', 'Hoc Mon District'],
  ['nhabe', '786', 'Nha Be District'],
];

const LABOUR_DEPARTMENT: Office = {
  code: 'soldtbxh',
  kind: 'department',
  nameVi: 'Sở Lao động - Thương binh và Xã hội',
  nameEn: 'Department of Labour, War Invalids and Social Affairs',
  needs: ['entitlement', 'lonely-elderly', 'homeless-child'],
};

/** Took over labour and social insurance in 2025; who took the other social duties is not known, so districts keep them. */
const HOME_AFFAIRS_DEPARTMENT: Office = {
  code: 'sonoivu',
  kind: 'department',
  nameVi: 'Sở Nội vụ',
  nameEn: 'Department of Home Affairs',
  needs: ['entitlement'],
};

const HEALTH_DEPARTMENT: Office = {
  code: 'soyte',
  kind: 'department',
  nameVi: 'Sở Y tế',
  nameEn: 'Department of Health',
  needs: ['emergency', 'medicine', 'medical-consultation'],
};

/** Its hours are those of the hotline's volunteer network for health, the only ones that were published. */
const EXPERT_PANEL: Office = {
  code: 'chuyengia',
  kind: 'expert-panel',
  nameVi: 'Tổ chuyên gia tư vấn sức khỏe',
  nameEn: 'Health consultation expert panel',
  needs: ['medical-consultation'],
  hours: { from: '08:00', to: '24:00' },
};

/**
 * The offices of Ho Chi Minh City. After June 2025 the districts are gone and no source names the offices that handle
 * cases since.
 */
export const OFFICES = new OfficeDirectory([
  new OfficeCatalogue('2021-01-01', '2025-02-19', [
    ...districtOffices(),
    LABOUR_DEPARTMENT,
    HEALTH_DEPARTMENT,
    EXPERT_PANEL,
  ]),
  new OfficeCatalogue('2025-02-20', '2025-06-30', [
    ...districtOffices(),
    HOME_AFFAIRS_DEPARTMENT,
    HEALTH_DEPARTMENT,
    EXPERT_PANEL,
  ]),
]);

function districtOffices(): Office[] {
  const units = unitsOf('2021-01-01');
  return DISTRICT_OFFICES.map(([code, districtCode, nameEn]) => {
    const district = units.district(districtCode);
    if (!district) throw new Error(`No district has the code ${districtCode}.`);
    return {
      code,
      kind: 'district',
      nameVi: `Ủy ban nhân dân ${district.name}`,
      nameEn: `People's Committee of ${nameEn}`,
      districtCode,
      needs: DISTRICT_NEEDS,
    };
  });
}
