import { fold, nfc, withoutMarks } from './fold.js';
import { markedKey, nameKey } from './unit-names.js';

describe('folding', () => {
  it.each(['Thủ Đức', 'Thủ Đức'.normalize('NFD'), '  THỦ   ĐỨC!', 'thu-duc'])('makes %j one key', (text) => {
    expect(fold(text)).toBe('thu duc');
  });
  it('keeps the slash of a house number when asked', () => {
    expect(fold('45/3 Âu Cơ')).toBe('45 3 au co');
    expect(fold('45/3 Âu Cơ', { slash: true })).toBe('45/3 au co');
  });
  it('leaves case and punctuation when only marks go', () =>
    expect(withoutMarks('Đường 3/2, Ư!')).toBe('Duong 3/2, U!'));
  it('composes at the boundary', () => expect(nfc('Hòa'.normalize('NFD'))).toBe('Hòa'.normalize('NFC')));
});

describe('keys of names', () => {
  it('ignore leading zeros and i for y', () => {
    expect(nameKey('02')).toBe(nameKey('2'));
    expect(nameKey('Quy Đức')).toBe(nameKey('Qui Đức'));
    expect(nameKey('Tây Thạnh')).not.toBe(nameKey('Tai Thạnh'));
  });
  it('with marks tell Quý from Quy, but not where a mark is placed', () => {
    expect(markedKey('Tân Quý')).not.toBe(markedKey('Tân Quy'));
    expect(markedKey('Hòa')).toBe(markedKey('Hoà'));
  });
});
