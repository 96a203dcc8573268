import { linesOf, recordsOf } from './csv-records.js';
import { refusedFile } from './refused-file.js';

const REASON = { vi: 'Chưa đúng.', en: 'Not valid.' };
const row = (cells: string[]) => ({ row: 7, fields: ['needs'], code: 'not-valid', reason: REASON, cells });

describe('the file of refused rows', () => {
  it('says why, and gives back what stood there', () => {
    const file = refusedFile({ header: ['needs', 'address'], refused: [row(['x', 'a, "b"'])] });
    expect(file.startsWith('\uFEFFrow_number,field,reason_vi,reason_en,needs,address\r\n')).toBe(true);
    expect([...recordsOf(linesOf(file), ',')].map(({ cells }) => cells)).toEqual([
      ['7', 'needs', 'Chưa đúng.', 'Not valid.', 'x', 'a, "b"'],
    ]);
  });

  it.each(['=1+1', '+84903123456', '-2', '@SUM(A1)', '\tx'])('lets no cell run as a formula: %s', (cell) => {
    const file = refusedFile({ header: ['needs'], refused: [row([cell])] });
    expect([...recordsOf(linesOf(file), ',')][0]?.cells.at(-1)).toBe(`'${cell}`);
  });

  it('gives back a corrected file that failed again with one set of reasons', () => {
    const header = ['row_number', 'field', 'reason_vi', 'reason_en', 'needs'];
    const file = refusedFile({ header, refused: [row(['2', 'old', 'old', 'old', 'x'])] });
    expect(linesOf(file)[0]).toBe('row_number,field,reason_vi,reason_en,needs');
    expect(linesOf(file)[1]).toBe('7,needs,Chưa đúng.,Not valid.,x');
  });
});
