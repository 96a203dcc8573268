import { readFileSync } from 'node:fs';
import { ADDRESS_LENGTH_MAX, parseAddress } from './address.js';
import { sampleHousehold, seededRandom } from './samples.js';

const IN_2021 = '2021-08-01';
const EARLY_2025 = '2025-03-01';
const IN_2026 = '2026-01-01';

interface Row {
  text: string;
  house?: string;
  street?: string;
  ward?: string;
  district?: string;
  ambiguous?: number;
}

/** What a reading says, in the form of a row: units as code. */
function read(text: string, asOf: string): Row {
  const { house, street, ward, district, ambiguousWards } = parseAddress(text, asOf);
  return { text, house, street, ward: ward?.code, district: district?.code, ambiguous: ambiguousWards?.length };
}

describe('an address of 2021', () => {
  const rows: Row[] = [
    { text: '12 Nguyễn Trãi, P.2, Q.5', house: '12', street: 'Nguyễn Trãi', ward: '27313', district: '774' },
    { text: '12 nguyen trai p2 q5', house: '12', street: 'nguyen trai', ward: '27313', district: '774' },
    { text: '12 Nguyễn Trãi, P.02/Q.05', house: '12', street: 'Nguyễn Trãi', ward: '27313', district: '774' },
    { text: 'quan binh tan', district: '777' },
    { text: 'TP Thủ Đức', district: '769' },
    { text: 'Thủ Đức', district: '769' },
    { text: 'Thủ Đức'.normalize('NFD'), district: '769' },
    { text: 'Tân Bình', district: '766' },
    { text: 'tan phu', district: '767' },
    {
      text: '45/3/2A Hương Lộ 2, phường Bình Trị Đông A, Bình Tân',
      house: '45/3/2A',
      street: 'Hương Lộ 2',
      ward: '27448',
      district: '777',
    },
    { text: 'so 7 duong so 5 p linh trung tp thu duc', house: '7', street: 'so 5', ward: '26800', district: '769' },
    { text: 'xã Vĩnh Lộc B huyện Bình Chánh', ward: '27604', district: '785' },
    { text: 'Phường Bến Thành', ward: '26743', district: '760' },
    { text: '12 Nguyễn Trãi, P.2', house: '12', street: 'Nguyễn Trãi', ambiguous: 10 },
    { text: 'Phường 13, Tân Bình', ward: '26974', district: '766' },
    { text: 'hẻm 284 Lê Văn Sỹ f14 q3 tphcm', house: 'hẻm 284', street: 'Lê Văn Sỹ', ward: '27127', district: '770' },
    { text: '12 hẻm 284 Lê Văn Sỹ, P14, Q3', house: '284/12', street: 'Lê Văn Sỹ', ward: '27127', district: '770' },
    { text: 'ngõ 5 ngách 3 số 12 Ngô Gia Tự Q.10', house: '5/3/12', street: 'Ngô Gia Tự', district: '771' },
    { text: '12 ngách 3 ngõ 5 Ngô Gia Tự Q.10', house: '5/3/12', street: 'Ngô Gia Tự', district: '771' },
    {
      text: '285 Cách Mạng Tháng 8 - P12 - Q10',
      house: '285',
      street: 'Cách Mạng Tháng 8',
      ward: '27172',
      district: '771',
    },
    { text: '12-14 đường 3/2, Q.10', house: '12-14', street: '3/2', district: '771' },
    { text: 'D1, P25, Q. Bình Thạnh', street: 'D1', ward: '26920', district: '765' },
    {
      text: 'C10/21 ấp 3 xã Vĩnh Lộc A, H. Bình Chánh',
      house: 'C10/21',
      street: 'ấp 3',
      ward: '27601',
      district: '785',
    },
    { text: '12 Lê Lợi, Bến Thành', house: '12', street: 'Lê Lợi', ward: '26743', district: '760' },
    { text: 'Linh Trung, Thủ Đức', ward: '26800', district: '769' },
    { text: '', house: undefined },
  ];
  it.each(rows)('is read from "$text"', (row) => expect(read(row.text, IN_2021)).toEqual(row));

  it('keeps the text as it came', () => expect(parseAddress(' Q.1 !', IN_2021).raw).toBe(' Q.1 !'));
  it('takes no part of a ward name for a district', () => {
    expect(read('Phường Hiệp Bình Chánh', IN_2021)).toMatchObject({ ward: '26812', district: '769' });
    expect(read('xã Tân Phú Trung', IN_2021)).toMatchObject({ ward: '27553', district: '783' });
  });
  it('tells wards apart by type and by marks where folding makes them one', () => {
    expect(read('xã An Phú', IN_2021).ward).toBe('27502');
    expect(read('phường An Phú', IN_2021).ward).toBe('27091');
    expect(read('Phường Tân Quý', IN_2021).ward).toBe('27019');
    expect(read('phuong tan quy', IN_2021)).toMatchObject({ ward: undefined, ambiguous: 2 });
    expect(read('Xã Thạnh An', IN_2026).ward).toBe('27676');
    expect(read('xa thanh an', IN_2026)).toMatchObject({ ward: undefined, ambiguous: 2 });
  });
  it('knows that people still say district 2 and district 9', () => {
    expect(read('Phường Thảo Điền, Quận 2', IN_2021)).toMatchObject({ ward: '27088', district: '769' });
  });
  it('drops the city, the country and the postal code, but not a street called after the city', () => {
    expect(read('12 Sài Gòn, quận 1, TP. Hồ Chí Minh 700000, Việt Nam', IN_2021)).toMatchObject({
      house: '12',
      street: 'Sài Gòn',
      district: '760',
    });
  });
  it('reads every character that may be filed, and nothing of what is longer, since its end says where it is', () => {
    const longer = (charactersCount: number, end: string) => `${'x'.repeat(charactersCount - end.length)}${end}`;
    expect(read(longer(500, ', Quận 1, Quận 12'), IN_2021).district).toBe('761');
    expect(read(longer(ADDRESS_LENGTH_MAX, ', Quận 12'), IN_2021).district).toBe('761');
    expect(read(longer(ADDRESS_LENGTH_MAX + 1, ', Quận 12'), IN_2021).district).toBeUndefined();
    expect(read(`12 Lê Lợi, Quận 1${longer(ADDRESS_LENGTH_MAX, ', Quận 12')}`, IN_2021).district).toBeUndefined();
    expect(read(longer(500, ', Quận 12').normalize('NFD'), IN_2021).district).toBe('761');
  });
  it('takes the letter of a block for no huyện', () => {
    expect(read('Block H Bình Tân', IN_2021).district).toBe('777');
  });
  it('takes no eatery and no name for a district', () => {
    expect(read('45 Lê Văn Lương, quán 3 Cô, Nhà Bè', IN_2021).district).toBe('786');
    expect(read('QUÁN 3 CÔ', IN_2021).district).toBeUndefined();
    expect(read('12 Lê Lợi, Huyền Củ Chi 2', IN_2021).district).toBeUndefined();
    for (const text of ['quan 3', 'Quân 3', 'QUẬN 3', 'Quận 3'.normalize('NFD'), 'quan3', 'Q3']) {
      expect(read(text, IN_2021).district).toBe('770');
    }
  });
  it.each([
    'huyện Tân Phú, Đồng Nai',
    'H. Tân Phú, Đồng Nai',
    'huyen tan phu dong nai',
    'ấp 2, xã Phú Trung, huyện Tân Phú, Đồng Nai',
    'xã Phú Xuân, huyện Tân Phú',
    'xã Phú Lâm, huyện Tân Phú',
    'huyện Tân Phú Đông, Tiền Giang',
    'huyện Bình Tân, Vĩnh Long',
  ])('leaves "%s" to a person: it is a district of another province', (text) => {
    for (const asOf of [IN_2021, EARLY_2025, IN_2026]) {
      expect(read(text, asOf)).toMatchObject({ ward: undefined, district: undefined, ambiguous: undefined });
    }
  });
  it.each([
    ['quận Nhà Bè', '786'],
    ['Quận Bình Chánh', '785'],
    ['TP Thủ Đức', '769'],
    ['thành phố Thủ Đức', '769'],
    ['quận Thủ Đức', '769'],
    ['huyện Thủ Đức', '769'],
    ['huyện Nhà Bè', '786'],
    ['12 Cộng Hòa, Quận Tân Bình (quê huyện Tân Phú, Đồng Nai)', '766'],
    ['quê huyện Tân Phú, Đồng Nai, hiện ở Quận Tân Bình', '766'],
  ])('reads "%s", whatever the type', (text, district) => expect(read(text, IN_2021).district).toBe(district));
  it('gives no ward when the district has none of that number', () => {
    expect(read('12 P.13, Q.1', IN_2021)).toMatchObject({ ward: undefined, district: '760', street: undefined });
  });
});

describe('the date of an address', () => {
  const rows: [string, string, string | undefined, string | undefined][] = [
    ['P.2, Q.5', IN_2021, '27313@2021-01-01', '774'],
    ['P.2, Q.5', EARLY_2025, '27307@2025-01-01', '774'],
    ['P.2, Q.5', IN_2026, '27307@2025-01-01', '774'],
    ['Phường 13, Gò Vấp', EARLY_2025, '26872@2021-01-01', '764'],
    ['Phường Tân Định', IN_2021, '26734@2021-01-01', '760'],
    ['Phường Tân Định', IN_2026, '26737@2025-07-01', undefined],
    ['Phường Tân Định, Quận 1', IN_2026, '26734@2025-01-01', '760'],
    ['Phường Sài Gòn, TP Hồ Chí Minh', IN_2026, '26740@2025-07-01', undefined],
    ['Phường Sài Gòn', IN_2021, undefined, undefined],
    ['12 Cộng Hòa, Tân Bình', IN_2026, undefined, '766'],
    ['Đặc khu Côn Đảo', IN_2026, '26732@2025-07-01', undefined],
    ['Xã Quy Đức', EARLY_2025, '27640@2025-01-01', '785'],
  ];
  it.each(rows)('decides what "%s" means on %s', (text, asOf, ward, district) => {
    const reading = parseAddress(text, asOf);
    expect(reading.ward && `${reading.ward.code}@${reading.ward.validFrom}`).toBe(ward);
    expect(reading.district?.code).toBe(district);
  });
  it('must be a date from 2021 on', () => {
    expect(() => parseAddress('Q.1', '2020-12-31')).toThrow(RangeError);
    expect(() => parseAddress('Q.1', 'yesterday')).toThrow(RangeError);
  });
});

describe('reading addresses', () => {
  it('finds the ward and district of every generated household', () => {
    const random = seededRandom(1022);
    const households = Array.from({ length: 3000 }, () => sampleHousehold(random));
    const misread = households.filter(({ address, wardCode, districtCode }) => {
      const { ward, district, house = '' } = parseAddress(address, IN_2021);
      return ward?.code !== wardCode || district?.code !== districtCode || !/^\d/.test(house);
    });
    expect(misread).toEqual([]);
  });
  it('finds every ward of every list by its name and district', () => {
    const lines = readFileSync(new URL('../tsv/hcmc_old_to_new_ward.tsv', import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const misread = lines.filter((line) => {
      const [oldCode, oldName, , oldDistrict, newCode, newName] = line.split('\t') as string[];
      const old = parseAddress(`${oldName}, ${oldDistrict}`, EARLY_2025).ward?.code;
      return old !== oldCode || parseAddress(`1 Lê Lợi, ${newName}`, IN_2026).ward?.code !== newCode;
    });
    expect(misread).toEqual([]);
  });
  it('costs little however the text looks', () => {
    const parts = ['p ', '/', 'tân phú ', '1/', ' - ', 'a,', 'An Phú,', 'p.', '1 / ', 'huyện tân phú ', 'tphcm '];
    const texts = [
      ...parts.map((part) => part.repeat(ADDRESS_LENGTH_MAX / part.length)),
      `1${'/a'.repeat(400)}-b`,
      `1${'/a'.repeat(400)}/bcdefgh`,
      `p${' '.repeat(900)}x`,
      `1${' '.repeat(900)}x`,
      'p '.repeat(50_000),
    ];
    const before = process.cpuUsage();
    for (const text of texts) parseAddress(text, IN_2026);
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});
