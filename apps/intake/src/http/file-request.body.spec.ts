import { CaseFacts, declaredFields, validateEvent } from '@tiepsuc/contracts';
import { compileCheck } from '@tiepsuc/runtime';
import { interpretRequest } from '../domain/interpret-request.js';
import { fileRequest, newRequest } from '../domain/request.js';
import { bodyFrom, COLUMNS, columnsOf } from '../imports/csv-columns.js';
import { FileRequestBody } from './file-request.body.js';

const ARRIVAL = { arrivedAt: '2021-07-22T11:00:00.000Z', channel: 'phone', mayChooseChannel: true } as const;
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const IDS = { requestId: ID, caseId: ID, reporterRef: ID, beneficiaryRef: ID, trackingCode: 'MRDX-PC2-7D7' };
/** What goes into the vault, or is read before it becomes a fact. */
const NO_FACTS: readonly string[] = ['reporter', 'beneficiary', 'address', 'description', 'channel'];

/** A form with every field filled, as it is typed into a file. */
const FILLED: Readonly<Record<string, string>> = {
  reporter_name: 'Mẫu',
  reporter_phone: '0903 123 456',
  reporter_email: 'mau@example.org',
  beneficiary_name: 'Bà Mẫu',
  beneficiary_phone: '0903 123 457',
  needs: 'food',
  urgency: 'urgent',
  address: '12 Nguyễn Trãi',
  ward_code: '27313',
  district_code: '774',
  household_size: '4',
  description: 'hết gạo',
  occurred_at: '22/7/2021 17:05',
  language: 'en',
  notify_by: 'email',
};

const columns = columnsOf(Object.keys(FILLED));
const form = compileCheck(FileRequestBody, { whole: 'row' })(bodyFrom(columns, Object.values(FILLED)));
const [filed] = fileRequest(newRequest, { ...interpretRequest({ ...form, channel: 'phone' }, ARRIVAL).facts, ...IDS });

describe('the form of a request', () => {
  it('has every field in the columns of an import', () => {
    expect(Object.keys(FILLED)).toEqual(COLUMNS.map(({ name }) => name));
    expect(Object.keys(form).sort()).toEqual([...declaredFields(FileRequestBody)].sort());
  });

  it.each(declaredFields(FileRequestBody).filter((field) => !NO_FACTS.includes(field)))(
    'says with %s what an office is told',
    (field) => {
      expect(declaredFields(CaseFacts)).toContain(field);
      if (field !== 'occurredAt') expect(filed?.data[field as keyof CaseFacts]).toEqual(form[field]);
    },
  );

  it.each(declaredFields(CaseFacts))('fills %s of the event', (field) => expect(filed?.data[field]).toBeDefined());

  it('makes an event that holds', () =>
    expect(() => validateEvent('relief.request.filed.v1', filed?.data ?? {})).not.toThrow());
});
