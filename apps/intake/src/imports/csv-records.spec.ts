import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { delimiterOf, linesOf, recordsOf, type Delimiter } from './csv-records.js';

const read = (text: string, delimiter: Delimiter = ',') => [...recordsOf(linesOf(text), delimiter)];

describe('the records of a CSV file', () => {
  it('are what stands after the header, numbered as a spreadsheet does', () =>
    expect(read('a,b\n1,2\n\n3,"x, y"\n')).toEqual([
      { number: 2, cells: ['1', '2'] },
      { number: 4, cells: ['3', 'x, y'] },
    ]));

  it('may begin with a byte order mark and end their lines in any way', () => {
    const records = [{ number: 2, cells: ['1', '2'] }];
    for (const end of ['\n', '\r\n', '\r']) expect(read(`\uFEFFa,b${end}1,2${end}`)).toEqual(records);
  });

  it('may have cells of several lines', () =>
    expect(read('a,b\n"x\ny","say ""hi"""\n3,4')).toEqual([
      { number: 2, cells: ['x\ny', 'say "hi"'] },
      { number: 3, cells: ['3', '4'] },
    ]));

  it.each(['"x,2', 'x",2', '1,"', '"x"y,2', '1,x"y"'])('are broken one by one: %s spoils no other line', (line) =>
    expect(read(`a,b\n${line}\n3,4\n"5",6\n7,8`)).toEqual([
      expect.objectContaining({ number: 2, broken: expect.stringMatching(/^(quote|cell-count)-not-valid$/) }),
      { number: 3, cells: ['3', '4'] },
      { number: 4, cells: ['5', '6'] },
      { number: 5, cells: ['7', '8'] },
    ]),
  );

  it('are broken when they have more or fewer cells than the header', () =>
    expect(read('a,b\n1\n1,2,3\n1,2')).toEqual([
      { number: 2, broken: 'cell-count-not-valid', cells: ['1'] },
      { number: 3, broken: 'cell-count-not-valid', cells: ['1', '2', '3'] },
      { number: 4, cells: ['1', '2'] },
    ]));

  it('look at few lines more than once, however many quotation marks are open', () => {
    const lines = linesOf(`a,b\n${'"x,2\n'.repeat(20_001)}`);
    let looks = 0;
    const counted = new Proxy(lines, { get: (them, key) => (looks++, Reflect.get(them, key)) });
    expect([...recordsOf(counted, ',')].length).toBeGreaterThan(1_000);
    expect(looks / lines.length).toBeLessThan(40);
  });

  it('come back as they were written, whatever they hold', () => {
    const cells = fc.array(
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\r', '')),
      {
        minLength: 2,
        maxLength: 2,
      },
    );
    const solid = cells.filter(
      ([a = '', b = '']) => /\S/.test(a) && /\S/.test(b) && `${a}${b}`.split('\n').length < 20,
    );
    fc.assert(
      fc.property(fc.array(solid), fc.constantFrom<Delimiter>(',', ';', '\t'), (rows, delimiter) => {
        const text = stringify([['a', 'b'], ...rows], { delimiter });
        expect(read(text, delimiter).map((record) => record.cells)).toEqual(rows);
      }),
    );
  });

  it('are parted by what parts the header', () => {
    expect(delimiterOf('a;b;c,d')).toBe(';');
    expect(delimiterOf('a,b;c,d')).toBe(',');
    expect(delimiterOf('a\tb')).toBe('\t');
    expect(delimiterOf('needs')).toBe(',');
  });
});
