import type { Channel, NotifyChannel, Urgency } from '@tiepsuc/contracts';
import type { NeedCode } from '@tiepsuc/city';
import { sampleHousehold, seededRandom, type Random, type SampleHousehold } from '@tiepsuc/city/samples';
import { arrivalTimes } from './arrival-curve.js';
import { planFate, type Fate } from './planned-outcome.js';
import { pick, type Shares } from './shares.js';

/** A request of the demo with all that is going to happen to it. */
export interface PlannedRequest {
  readonly index: number;
  /** When it came in, on the hotline's own days of July 2021. */
  readonly hotlineMs: number;
  /** What the operator types in, without the time. */
  readonly body: RequestBody;
  /** Where the household lives, whether or not the caller could say so. */
  readonly districtCode: string;
  readonly fate: Fate;
}

export interface RequestBody {
  readonly reporter: { readonly name: string; readonly phone: string };
  readonly beneficiary?: { readonly name: string; readonly sameAsReporter: false };
  readonly needs: readonly NeedCode[];
  readonly urgency?: Urgency;
  readonly address: { readonly text: string };
  readonly householdSize: number;
  readonly description: string;
  readonly channel: Channel;
  readonly notifyBy: NotifyChannel;
}

/**
 * By the classes of requests that the hotline announced: necessities for people in hardship, support that is due and
 * has not come, other cases, and the health branch. The shares themselves are assumed: none were published.
 */
const NEED_SHARES: Shares<NeedCode> = [
  ['food', 44],
  ['necessities', 15],
  ['medicine', 7],
  ['entitlement', 14],
  ['lonely-elderly', 4],
  ['homeless-child', 1],
  ['travel', 2],
  ['other', 4],
  ['medical-consultation', 7],
  ['emergency', 2],
];
const CHANNEL_SHARES: Shares<Channel> = [
  ['phone', 82],
  ['callbot', 8],
  ['web', 7],
  ['sms', 3],
];

const NO_PLACE_SHARE = 0.03;
const NEIGHBOUR_SHARE = 0.15;
const SECOND_NEED_SHARE = 0.2;
const URGENT_SHARE = 0.08;
const SILENT_SHARE = 0.1;
const HOUSEHOLD_MAX = 8;

/** What people say who do not know where they are, or are afraid to tell. */
const VAGUE_PLACES = [
  'Nhà trọ gần chợ, không nhớ tên đường',
  'Xóm trọ công nhân phía sau nhà máy',
  'Dưới chân cầu, gần bến xe',
  'Công trình xây dựng đang tạm dừng, lán trại công nhân',
];
const WORDS: Record<NeedCode, string> = {
  food: 'Nhà hết gạo và thức ăn, xin hỗ trợ.',
  necessities: 'Cần sữa, tã và đồ dùng hằng ngày cho gia đình.',
  medicine: 'Hết thuốc đang uống, không ra ngoài mua được.',
  'medical-consultation': 'Xin bác sĩ tư vấn qua điện thoại.',
  emergency: 'Có người khó thở, xin cấp cứu.',
  entitlement: 'Thuộc diện được hỗ trợ nhưng chưa nhận được tiền.',
  'lonely-elderly': 'Người già sống một mình, không ai chăm.',
  'homeless-child': 'Có trẻ lang thang cần nơi ở.',
  travel: 'Xin hướng dẫn về quê.',
  other: 'Mất việc, hoàn cảnh khó khăn.',
};

/** The requests of the demo, oldest first. The same seed gives the same requests with the same fates. */
export function plannedRequests(count: number, seed: number): PlannedRequest[] {
  const random = seededRandom(seed);
  return arrivalTimes(count, random).map((hotlineMs, index) => planned({ index, hotlineMs }, random));
}

function planned(at: { index: number; hotlineMs: number }, random: Random): PlannedRequest {
  const household = sampleHousehold(random);
  const need = pick(NEED_SHARES, random);
  return {
    ...at,
    body: bodyOf(household, need, random),
    districtCode: household.districtCode,
    fate: planFate(need, household.districtCode, random),
  };
}

function bodyOf(household: SampleHousehold, need: NeedCode, random: Random): RequestBody {
  const hasPlace = random() >= NO_PLACE_SHARE;
  const isForNeighbour = random() < NEIGHBOUR_SHARE;
  const needs: NeedCode[] = random() < SECOND_NEED_SHARE && need !== 'other' ? [need, 'other'] : [need];
  const isUrgent = random() < URGENT_SHARE;
  return {
    reporter: { name: household.name, phone: household.phone },
    ...(isForNeighbour ? { beneficiary: { name: sampleHousehold(random).name, sameAsReporter: false } } : {}),
    needs,
    ...(isUrgent && need !== 'emergency' ? { urgency: 'urgent' } : {}),
    address: { text: hasPlace ? household.address : VAGUE_PLACES[Math.floor(random() * VAGUE_PLACES.length)]! },
    householdSize: 1 + Math.floor(random() * HOUSEHOLD_MAX),
    description: WORDS[need],
    channel: pick(CHANNEL_SHARES, random),
    notifyBy: random() < SILENT_SHARE ? 'none' : 'sms',
  };
}
