import { requestsTopic, type RequestEvent } from '@tiepsuc/contracts';
import { aggregate, upsert } from '@tiepsuc/journal';
import { evolveRequest, newRequest, type RequestState } from '../domain/request.js';
import { RequestRow } from './request.row.js';

export const requests = aggregate<RequestState, RequestEvent>({
  kind: 'request',
  topic: requestsTopic,
  initial: newRequest,
  evolve: evolveRequest,
  project(state, requestId) {
    if (state.status === 'new') return [];
    const { trackingCode, caseId, reporterRef, beneficiaryRef, urgency, channel } = state;
    const { districtCode = null, wardCode = null } = state;
    return [
      upsert(RequestRow, {
        requestId,
        trackingCode,
        caseId,
        reporterRef,
        beneficiaryRef,
        needs: [...state.needs],
        urgency,
        districtCode,
        wardCode,
        channel,
        occurredAt: new Date(state.occurredAt),
        filedAt: new Date(state.filedAt),
      }),
    ];
  },
});
