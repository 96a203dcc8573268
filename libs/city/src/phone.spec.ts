import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import everyPrefix from 'libphonenumber-js/max/metadata';
import metadata from 'libphonenumber-js/min/metadata';
import { parsePhone } from './phone.js';

describe('a phone number', () => {
  it.each([
    ['0903 123 456', '+84903123456', 'mobile'],
    ['0903.123.456', '+84903123456', 'mobile'],
    ['(+84) 903-123-456', '+84903123456', 'mobile'],
    ['+84 (0) 903 123 456', '+84903123456', 'mobile'],
    ['84903123456', '+84903123456', 'mobile'],
    ['0084903123456', '+84903123456', 'mobile'],
    ['903123456', '+84903123456', 'mobile'],
    ['０９０３１２３４５６', '+84903123456', 'mobile'],
    ['0592345678', '+84592345678', 'mobile'],
    ['028 3829 1234', '+842838291234', 'fixed-line'],
    ['18001091', '+8418001091', 'toll-free'],
    ['19001522', '+8419001522', 'premium'],
    ['+1 415 555 2671', '+14155552671', 'foreign'],
  ])('%s is %s, %s', (text, e164, kind) => expect(parsePhone(text)).toEqual({ ok: true, e164, kind }));

  it.each(['1022', '112', '113', '114', '115', '028 1022', '+84 1022', '84115', '0281022', '+84281022'])(
    '%s is a short code',
    (text) => expect(parsePhone(text)).toEqual({ ok: false, reason: 'short-code' }),
  );

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['nhà số 5', 'not-a-number'],
    ['0903 123 456 gọi sau 5 giờ', 'not-a-number'],
    ['+', 'not-a-number'],
    ['0903+123456', 'not-a-number'],
    ['12345', 'invalid'],
    ['0000000000', 'invalid'],
    ['01301234567', 'invalid'],
    ['+999 123456789', 'invalid'],
    ['0'.repeat(41), 'too-long'],
  ])('%j is refused: %s', (text, reason) => expect(parsePhone(text)).toEqual({ ok: false, reason }));
});

describe('a mobile number', () => {
  it('is read without the full grammar as the grammar reads it', () => {
    const national = fc.stringMatching(/^[35789]\d{8}$/);
    fc.assert(
      fc.property(national, fc.constantFrom('0', '+84'), (digits, prefix) => {
        const grammar = parsePhoneNumberFromString(prefix + digits, { defaultCountry: 'VN', extract: false }, metadata);
        expect(grammar?.isValid()).toBe(true);
        expect(parsePhone(prefix + digits)).toEqual({ ok: true, e164: grammar?.number, kind: 'mobile' });
      }),
    );
  });
});

describe('an old 11-digit mobile number', () => {
  const table: [string, string][] = (
    '0120 070 0121 079 0122 077 0123 083 0124 084 0125 085 0126 076 0127 081 0128 078 0129 082 0162 032 0163 033 ' +
    '0164 034 0165 035 0166 036 0167 037 0168 038 0169 039 0186 056 0188 058 0199 059'
  )
    .match(/(\d+) (\d+)/g)!
    .map((pair) => pair.split(' ') as [string, string]);

  it.each(table)('%s… is %s… today, in every form', (old, present) => {
    const e164 = `+84${present.slice(1)}2345678`.slice(0, 12);
    for (const text of [`${old}2345678`, `+84${old.slice(1)}2345678`, `84${old.slice(1)} 234 5678`]) {
      expect(parsePhone(text)).toEqual({ ok: true, e164, kind: 'mobile' });
    }
    expect(parsePhoneNumberFromString(e164, everyPrefix)?.getType()).toBe('MOBILE');
  });
});
