import { newId } from '@tiepsuc/contracts';

/** A case of its own, with a value for every required field of every event about it. */
export function caseFields(given: Readonly<Record<string, unknown>> = {}) {
  return {
    caseId: newId(),
    requestId: newId(),
    legId: newId(),
    office: 'q1',
    hop: 0,
    channel: 'phone',
    needs: ['food'],
    urgency: 'normal',
    unitsVersion: '2021-01-01',
    beneficiaryRef: newId(),
    occurredAt: '2021-07-22T11:00:00.000Z',
    reporterRef: newId(),
    notifyBy: 'sms',
    language: 'vi',
    trackingCode: '7KXM-2PA-94T',
    decidedBy: 'rule',
    rule: 'area-need',
    rulesVersion: '1',
    officesVersion: '2021-01-01',
    need: 'food',
    outcome: 'delivered',
    ...given,
  };
}
