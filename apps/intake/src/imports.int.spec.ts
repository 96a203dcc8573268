import { intakeUnderTest, type IntakeUnderTest } from './intake-under-test.fixture.js';

const HEADER = 'reporter_name,reporter_phone,needs,address,household_size';

let intake: IntakeUnderTest;

beforeAll(async () => {
  intake = await intakeUnderTest();
});
afterAll(() => intake.close());

const take = (body: string, headers: Record<string, string> = {}) =>
  intake.ask('/imports/requests', { as: 'operator-1', body, headers });
const filed = async () => (await intake.database.query('SELECT count(*)::int FROM request')).rows[0].count as number;

function goodRow(n: number): string {
  return `Mẫu ${n},0903${String(100_000 + n)},food,"${n} Nguyễn Trãi, P.2, Q.5",${(n % 9) + 1}`;
}

const BROKEN = [
  ['"Mẫu,0903123456,food,x,1', 'quote-not-valid'],
  ['Mẫu,0903123456,food', 'cell-count-not-valid'],
  ['Mẫu,0903123456,food,x,1,more', 'cell-count-not-valid'],
  ['Mẫu,12,food,x,1', 'phone-not-valid'],
  ['Mẫu,1022,food,x,1', 'phone-not-callable'],
  ['Mẫu,0903123456,,x,1', 'not-valid'],
  ['Mẫu,0903123456,gold,x,1', 'not-valid'],
  ['Mẫu,,food,,1', 'contact-missing'],
  ['Mẫu,0903123456,food,x,many', 'not-valid'],
  ['Mẫu,0903123456,food,x,0', 'not-valid'],
] as const;

describe('importing requests', () => {
  it('takes 990 of 1,000 rows in and says of the other ten why not', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => (n % 100 === 50 ? BROKEN[(n - 50) / 100]![0] : goodRow(n)));
    const before = await filed();
    const { status, body: json } = await take([HEADER, ...rows].join('\n'));
    expect(status).toBe(200);
    expect(json).toMatchObject({ accepted: 990, alreadyFiled: 0, refused: 10 });
    expect(json.refusals.map(({ row, code }: { row: number; code: string }) => [row, code])).toEqual(
      BROKEN.map(([, code], n) => [n * 100 + 52, code]),
    );
    expect(await filed()).toBe(before + 990);
    expect(JSON.stringify(json)).not.toMatch(/Mẫu|gold|0903/);
  });

  it('files nothing twice when the same file comes again', async () => {
    const file = [HEADER, goodRow(2_001), goodRow(2_002), 'x'].join('\n');
    expect((await take(file)).body).toMatchObject({ accepted: 2, alreadyFiled: 0, refused: 1 });
    const before = await filed();
    expect((await take(file)).body).toMatchObject({ accepted: 2, alreadyFiled: 2, refused: 1 });
    expect(await filed()).toBe(before);
  });

  it('files for real what was rehearsed before with the same file', async () => {
    const file = [HEADER, goodRow(2_003), goodRow(2_004)].join('\n');
    const rehearsed = await take(file, { 'x-exercise': 'true' });
    expect(rehearsed.body).toMatchObject({ accepted: 2, alreadyFiled: 0 });
    expect((await take(file, { 'x-exercise': 'true' })).body).toMatchObject({ accepted: 2, alreadyFiled: 2 });
    expect((await take(file)).body).toMatchObject({ accepted: 2, alreadyFiled: 0 });
  });

  it('gives the refused rows back as a file that can be corrected and sent again', async () => {
    const file = ['\uFEFFNgười báo;Điện thoại người báo;Nhu cầu', '=1+1;12;Thuốc men', 'Mẫu;0903123456;food'].join(
      '\r\n',
    );
    const { status, headers, text } = await take(file, { accept: 'text/csv' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/csv');
    expect([headers.get('x-accepted-rows'), headers.get('x-refused-rows')]).toEqual(['1', '1']);
    const [header, row] = text.replace('\uFEFF', '').split('\r\n');
    expect(header).toBe('row_number,field,reason_vi,reason_en,Người báo,Điện thoại người báo,Nhu cầu');
    expect(row).toMatch(/^2,reporter_phone,.*,'=1\+1,12,Thuốc men$/);
    const corrected = text.replace(',12,', ',0903123457,');
    expect((await take(corrected)).body).toMatchObject({ accepted: 1, refused: 0 });
  });

  it('marks each request with its batch, and none with the file', async () => {
    await take([HEADER, goodRow(3_001)].join('\n'));
    const { rows } = await intake.database.query('SELECT value FROM journal ORDER BY position DESC LIMIT 1');
    const { data, actor } = JSON.parse((rows[0].value as Buffer).toString('utf8'));
    expect(data).toMatchObject({ channel: 'csv', districtCode: '774' });
    expect(data.batch).toMatch(/^import-[0-9a-f]{16}$/);
    expect(actor).toBe('operator:operator-1');
  });

  it('refuses a file that it cannot understand as a whole, without repeating any of it', async () => {
    const wrong = await take('Trần Văn Mẫu,0903123456,food\n');
    expect(wrong.status).toBe(422);
    expect(wrong.body).toMatchObject({ code: 'column-not-valid', field: 'header[1]' });
    expect(wrong.text).not.toMatch(/Mẫu|0903/);
    expect((await take('reporter_name\nx')).body.code).toBe('column-missing');
    expect((await take('"needs\nx')).body.code).toBe('header-not-valid');
    const many = await take(`needs\n${'food\n'.repeat(50_001)}`);
    expect(many.body).toMatchObject({ status: 422, code: 'rows-too-many' });
    expect((await take('x'.repeat(21 * 1024 * 1024))).status).toBe(413);
    expect((await intake.ask('/imports/requests', { as: 'operator-1', body: { needs: [] } })).status).toBe(415);
  });

  it('is for operators', async () => {
    const file = [HEADER, goodRow(4_001)].join('\n');
    expect((await intake.ask('/imports/requests', { body: file })).status).toBe(401);
    for (const as of ['auditor-1', 'officer-1', 'notifications'] as const) {
      expect((await intake.ask('/imports/requests', { body: file, as })).status).toBe(403);
    }
  });
});
