import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

export type PhoneKind = 'mobile' | 'fixed-line' | 'toll-free' | 'premium' | 'other' | 'foreign';
/** `short-code`: the number of a service such as 1022 or 115, which cannot be called back. */
export type PhoneRefusal = 'empty' | 'too-long' | 'not-a-number' | 'short-code' | 'invalid';
export type ParsedPhone =
  | { readonly ok: true; readonly e164: string; readonly kind: PhoneKind }
  | { readonly ok: false; readonly reason: PhoneRefusal };

const PHONE_LENGTH_MAX = 40;
const SHORT_CODES = new Set(['1022', '112', '113', '114', '115']);
/** The short metadata accepts every number of the right length; in Vietnam only 1800 and 1900 begin with 1. */
const UNUSED_PREFIX = /^\+841(?!800|900)/;
const CITY_AREA_CODE = '28';
/** A Vietnamese mobile number as nearly everybody types it. The full grammar says the same of it, a hundred times slower. */
const MOBILE = /^(?:0|\+84)([35789]\d{8})$/;

/** Mobile prefixes of 11-digit numbers, ended in 2018, and what each became. The last 7 digits stayed. */
const OLD_MOBILE_PREFIXES: Readonly<Record<string, string>> = {
  '120': '70',
  '121': '79',
  '122': '77',
  '123': '83',
  '124': '84',
  '125': '85',
  '126': '76',
  '127': '81',
  '128': '78',
  '129': '82',
  '162': '32',
  '163': '33',
  '164': '34',
  '165': '35',
  '166': '36',
  '167': '37',
  '168': '38',
  '169': '39',
  '186': '56',
  '188': '58',
  '199': '59',
};

/**
 * Reads a phone number as people write it: Vietnamese unless it begins with + and another country.
 * Old 11-digit mobile numbers are answered as what they are today. Never throws.
 */
export function parsePhone(text: string): ParsedPhone {
  if (text.length > PHONE_LENGTH_MAX) return { ok: false, reason: 'too-long' };
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return { ok: false, reason: 'empty' };
  const digits = typed.replace(/[\s().\-/–]/g, '');
  if (!/^\+?\d+$/.test(digits)) return { ok: false, reason: 'not-a-number' };
  const mobile = MOBILE.exec(digits);
  if (mobile) return { ok: true, e164: `+84${mobile[1]}`, kind: 'mobile' };
  const dialled = digits.replace(/^00(?=[1-9])/, '+').replace(/^\+?840(?=[1-9])/, '+84');
  const national = dialled.replace(/^(\+?84|0)/, '');
  if (isShortCode(dialled) || isShortCode(national)) return { ok: false, reason: 'short-code' };
  return international(withPresentPrefix(dialled));
}

function isShortCode(digits: string): boolean {
  return SHORT_CODES.has(digits) || (digits.startsWith(CITY_AREA_CODE) && SHORT_CODES.has(digits.slice(2)));
}

function withPresentPrefix(dialled: string): string {
  const old = /^(\+84|84|0)(1\d\d)(\d{7})$/.exec(dialled);
  const present = old === null ? undefined : OLD_MOBILE_PREFIXES[old[2] ?? ''];
  return old === null || present === undefined ? dialled : `+84${present}${old[3]}`;
}

function international(dialled: string): ParsedPhone {
  const number = parsePhoneNumberFromString(dialled, { defaultCountry: 'VN', extract: false }, metadata);
  if (!number?.isValid() || UNUSED_PREFIX.test(number.number)) return { ok: false, reason: 'invalid' };
  const kind = number.countryCallingCode === '84' ? vietnameseKind(number.nationalNumber) : 'foreign';
  return { ok: true, e164: number.number, kind };
}

function vietnameseKind(national: string): PhoneKind {
  if (/^[35789]\d{8}$/.test(national)) return 'mobile';
  if (/^2\d{9}$/.test(national)) return 'fixed-line';
  if (national.startsWith('1800')) return 'toll-free';
  return national.startsWith('1900') ? 'premium' : 'other';
}
