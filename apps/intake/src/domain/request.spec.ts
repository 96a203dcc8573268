import { refuseRequest } from './refusals.js';
import { evolveRequest, fileRequest, newRequest, type Filing } from './request.js';

const FILING: Filing = {
  requestId: '01890a5d-ac96-774b-bcce-b302099a8057',
  caseId: '01890a5d-ac96-774b-bcce-b302099a8058',
  reporterRef: '01890a5d-ac96-774b-bcce-b302099a8059',
  beneficiaryRef: '01890a5d-ac96-774b-bcce-b302099a8059',
  trackingCode: '7KXM-2PA-94T',
  notifyBy: 'sms',
  language: 'vi',
  channel: 'web',
  needs: ['food'],
  urgency: 'normal',
  unitsVersion: '2021-01-01',
  occurredAt: '2021-07-22T10:59:00.000Z',
};
const RECORDED = { time: '2021-07-22T11:00:00.000Z', actor: 'citizen', sequence: 1 };

describe('a request', () => {
  it('is filed once', () => {
    const events = fileRequest(newRequest, FILING);
    expect(events).toEqual([{ type: 'RequestFiled', data: FILING }]);
    const filed = events.reduce((state, event) => evolveRequest(state, event, RECORDED), newRequest);
    expect(filed).toMatchObject({ status: 'recorded', trackingCode: '7KXM-2PA-94T', filedAt: RECORDED.time });
    expect(fileRequest(filed, FILING)).toEqual([]);
  });

  it('is not filed when it came too late', () => {
    const late = refuseRequest('backdating-not-for-citizens');
    expect(() => fileRequest(newRequest, FILING, late)).toThrow(late);
  });
});
