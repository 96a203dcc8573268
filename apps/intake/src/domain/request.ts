import type { Channel, Refusal, RequestEvent, Urgency } from '@tiepsuc/contracts';
import type { EventMetadata } from '@tiepsuc/journal';

/** A request: one contact about one household's needs. */
export type RequestState =
  | { readonly status: 'new' }
  | {
      readonly status: 'recorded';
      readonly caseId: string;
      readonly trackingCode: string;
      readonly reporterRef: string;
      readonly beneficiaryRef: string;
      readonly needs: readonly string[];
      readonly urgency: Urgency;
      readonly channel: Channel;
      readonly districtCode?: string;
      readonly wardCode?: string;
      readonly occurredAt: string;
      readonly filedAt: string;
    };

export const newRequest: RequestState = { status: 'new' };

export type Filing = RequestEvent['data'];

/** Takes the request in. @throws Refusal the given one, when it came too late */
export function fileRequest(state: RequestState, filing: Filing, late?: Refusal): RequestEvent[] {
  if (late) throw late;
  return state.status === 'new' ? [{ type: 'RequestFiled', data: filing }] : [];
}

export function evolveRequest(_state: RequestState, event: RequestEvent, { time }: EventMetadata): RequestState {
  switch (event.type) {
    case 'RequestFiled': {
      const { caseId, trackingCode, reporterRef, beneficiaryRef, needs, urgency, channel } = event.data;
      const { districtCode, wardCode, occurredAt } = event.data;
      const filedAt = time;
      const people = { reporterRef, beneficiaryRef };
      const asked = { needs, urgency, channel, districtCode, wardCode, occurredAt };
      return { status: 'recorded', caseId, trackingCode, ...people, ...asked, filedAt };
    }
  }
}
