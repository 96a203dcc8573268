/**
 * Made-up households for demonstrations and load tests, and for nothing else. Names are put together from
 * frequent parts; phone numbers have the form of mobile numbers but a subscriber part that begins with 00.
 */
import { withoutMarks } from './fold.js';
import { HOTLINE_OPENED_ON } from './offices.js';
import { unitsAsOf } from './unit-catalogue.js';
import { typeAndProperName, type Unit } from './unit.js';

/** Answers a number from 0 up to but not including 1, as Math.random does. */
export type Random = () => number;

export interface SampleHousehold {
  readonly name: string;
  /** National form, `0901 0012 345` without the spaces. */
  readonly phone: string;
  /** As a caller might type it: written out, shortened, or without any marks. */
  readonly address: string;
  /** The ward and district (of 2021) that the address names. */
  readonly wardCode: string;
  readonly districtCode: string;
}

export const FAMILY_NAMES = (
  'Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai ' +
  'Trịnh Lâm Tạ Châu Cao Thái'
).split(' ');
export const MIDDLE_NAMES = 'Thị Thị Thị Văn Văn Văn Ngọc Minh Thanh Hoàng Quốc Kim Đức Hữu Xuân Thu Anh Gia Bảo'.split(
  ' ',
);
export const GIVEN_NAMES = (
  'Anh An Bình Châu Chi Cường Dũng Duy Dung Đạt Giang Hà Hải Hạnh Hiền Hòa Hoa Hùng Hương Khánh Khoa Lan Liên Linh ' +
  'Loan Long Mai Nam Nga Nga Nghĩa Nhung Oanh Phong Phúc Phương Quân Quỳnh Sơn Tâm Thảo Thắng Thủy Trang Trinh ' +
  'Trung Tú Tuấn Tuyết Vân Vinh Xuân Yến'
).split(' ');

/** Names that streets bear in many towns; which of the city's wards they run through is not claimed. */
export const STREET_NAMES: readonly string[] = [
  'Nguyễn Trãi',
  'Lê Lợi',
  'Trần Hưng Đạo',
  'Hai Bà Trưng',
  'Lý Thường Kiệt',
  'Nguyễn Thị Minh Khai',
  'Điện Biên Phủ',
  'Cách Mạng Tháng 8',
  'Lê Văn Sỹ',
  'Phan Đình Phùng',
  'Nguyễn Văn Cừ',
  'Quang Trung',
  'Nguyễn Huệ',
  'Lê Duẩn',
  'Phan Chu Trinh',
  'Hùng Vương',
  'Ngô Gia Tự',
  'Lý Thái Tổ',
  'Nguyễn Tri Phương',
  'Võ Văn Kiệt',
  'Phạm Văn Đồng',
  'Nguyễn Oanh',
  'Lê Quang Định',
  'Bạch Đằng',
  'Hoàng Văn Thụ',
  'Trường Chinh',
  'Âu Cơ',
  'Lạc Long Quân',
  'Nguyễn Thái Học',
  'Đinh Tiên Hoàng',
  'Hương Lộ 2',
  'Đường số 5',
];

const MOBILE_PREFIXES = '032 035 038 070 076 079 081 085 088 056 058 059 090 091 093 096 098'.split(' ');
const SUBSCRIBERS = 100_000;
const SHORT_TYPES: Readonly<Record<string, string>> = {
  phường: 'P.',
  xã: 'X.',
  'thị trấn': 'TT.',
  quận: 'Q.',
  huyện: 'H.',
  'thành phố': 'TP.',
};

/** A repeatable source of numbers for samples (32-bit xorshift): the same seed gives the same households. Not for secrets. */
export function seededRandom(seed: number): Random {
  // Xorshift never leaves 0, so 0 is not a seed it can start from.
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** One household somewhere in the city of 2021, every ward as likely as any other. */
export function sampleHousehold(random: Random): SampleHousehold {
  const units = unitsAsOf(HOTLINE_OPENED_ON);
  const ward = oneOf(units.wards(), random);
  const district = units.districtOf(ward);
  if (!district) throw new Error(`The ward ${ward.code} lies in no district.`);
  const name = [FAMILY_NAMES, MIDDLE_NAMES, GIVEN_NAMES].map((parts) => oneOf(parts, random)).join(' ');
  const subscriber = String(upTo(SUBSCRIBERS, random)).padStart(5, '0');
  const phone = `${oneOf(MOBILE_PREFIXES, random)}00${subscriber}`;
  const address = addressIn({ ward, district }, random);
  return { name, phone, address, wardCode: ward.code, districtCode: district.code };
}

function addressIn({ ward, district }: { ward: Unit; district: Unit }, random: Random): string {
  const house = oneOf([houseNumber, alleyHouse], random)(random);
  const street = oneOf(STREET_NAMES, random);
  const writtenOut = `${house} ${street}, ${ward.name}, ${district.name}`;
  const shortened = `${house} ${street}, ${shortName(ward)}, ${shortName(district)}`;
  return oneOf([writtenOut, `${writtenOut}, TP. Hồ Chí Minh`, shortened, unmarked(writtenOut)], random);
}

function houseNumber(random: Random): string {
  return `${1 + upTo(600, random)}${oneOf(['', '', '', 'A', 'B'], random)}`;
}

function alleyHouse(random: Random): string {
  return `${1 + upTo(400, random)}/${1 + upTo(60, random)}`;
}

function shortName(unit: Unit): string {
  const { type, proper } = typeAndProperName(unit.name);
  return `${SHORT_TYPES[type]}${/^\d/.test(proper) ? Number(proper) : ` ${proper}`}`;
}

function unmarked(text: string): string {
  return withoutMarks(text).toLowerCase().replaceAll(',', '');
}

function oneOf<Choice>(choices: readonly Choice[], random: Random): Choice {
  return choices[upTo(choices.length, random)] as Choice;
}

function upTo(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}
