import type { SubmittedRequest } from '../domain/submitted-request.js';
import { interpretRequest } from '../domain/interpret-request.js';
import { bodyFrom, columnOf, COLUMNS, columnsOf, REFUSAL_COLUMNS } from './csv-columns.js';

function body(record: Record<string, string>): object {
  return bodyFrom(columnsOf(Object.keys(record)), Object.values(record));
}

describe('the columns of an import', () => {
  it('go by English and by Vietnamese names, in any order and spelling', () => {
    const fieldsOf = (header: string[]) => columnsOf(header).map((one) => one !== 'passed over' && one.field);
    expect(fieldsOf(['Nhu cầu', 'Điện thoại người báo'])).toEqual(['needs', 'reporter.phone']);
    expect(fieldsOf(['dien thoai nguoi bao', ' NEEDS '])).toEqual(['reporter.phone', 'needs']);
    expect(columnsOf(COLUMNS.map(({ name }) => name))).toEqual(COLUMNS);
  });

  it('are refused by their place, because a header may be a forgotten row', () => {
    const refused = (header: string[], more: object) =>
      expect(() => columnsOf(header)).toThrow(expect.objectContaining(more));
    refused(['needs', 'Trần Văn Mẫu'], {
      code: 'column-not-valid',
      field: 'header[2]',
      message: 'The header of column 2 is unknown.',
    });
    refused(['needs', 'Nhu cầu'], { code: 'column-repeated', field: 'header[2]' });
    refused(['address'], { code: 'column-missing' });
  });

  it('pass over what a file of refused rows has in front', () =>
    expect(body({ ...Object.fromEntries(REFUSAL_COLUMNS.map((name) => [name, 'x'])), needs: 'food' })).toEqual({
      reporter: {},
      channel: 'csv',
      needs: ['food'],
    }));

  it('fill the body of a request', () =>
    expect(
      body({
        reporter_name: ' Mẫu ',
        reporter_phone: "'+84903123456",
        beneficiary_name: 'Bà Mẫu',
        needs: 'Thuốc men; food',
        urgency: 'Khẩn cấp',
        address: '12 Nguyễn Trãi',
        ward_code: '27313',
        household_size: '4',
        occurred_at: '22/7/2021 18:05',
        description: '',
      }),
    ).toEqual({
      channel: 'csv',
      reporter: { name: 'Mẫu', phone: '+84903123456' },
      beneficiary: { name: 'Bà Mẫu' },
      needs: ['medicine', 'food'],
      urgency: 'emergency',
      address: { text: '12 Nguyễn Trãi', wardCode: '27313' },
      householdSize: 4,
      occurredAt: '2021-07-22T18:05:00+07:00',
    }));

  it.each([
    ['Lương thực, thực phẩm', ['food']],
    ['Lương thực, thực phẩm; Thuốc men', ['food', 'medicine']],
    ['Trẻ em lang thang, cơ nhỡ|Đi lại, về quê', ['homeless-child', 'travel']],
    ['food, Thuốc men', ['food', 'medicine']],
    ['food medicine', ['food', 'medicine']],
    ['food|Cấp cứu', ['food', 'emergency']],
    ['sao cũng được', ['sao', 'cũng', 'được']],
  ])('read the needs %s', (needs, codes) => expect(body({ needs })).toMatchObject({ needs: codes }));

  it('do not move a day that the month lacks into the next month', () => {
    const asked = body({ reporter_phone: '0903123456', needs: 'food', occurred_at: '31/06/2026 08:00' });
    const arrival = { arrivedAt: '2026-07-10T00:00:00.000Z', channel: 'csv', mayChooseChannel: false } as const;
    expect(() => interpretRequest(asked as SubmittedRequest, arrival)).toThrow(
      expect.objectContaining({ code: 'moment-not-valid' }),
    );
  });

  it('leave what they do not understand for the check to refuse', () =>
    expect(body({ needs: 'food', household_size: 'many', occurred_at: 'yesterday' })).toMatchObject({
      householdSize: 'many',
      occurredAt: 'yesterday',
    }));

  it('are named in what is said about a field', () => {
    expect(columnOf('reporter.phone')).toBe('reporter_phone');
    expect(columnOf('needs[1]')).toBe('needs');
    expect(columnOf('row')).toBe('row');
  });
});
