import { sampleHousehold, seededRandom } from '@tiepsuc/city/samples';
import type { SampleRequest } from './request-texts.js';

const SEED = 1_022;
const NEEDS = ['food', 'food', 'food', 'necessities', 'necessities', 'medicine'] as const;
const HOUSEHOLD_MAX = 9;

/**
 * Requests as an operator types them, the same in every run: a made-up household with its address in words,
 * one need, told by SMS.
 */
export function sampleRequests(count: number): SampleRequest[] {
  const random = seededRandom(SEED);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: count }, () => {
    const { name, phone, address } = sampleHousehold(random);
    const body = JSON.stringify({
      reporter: { name, phone },
      needs: [NEEDS[upTo(NEEDS.length)]],
      urgency: 'normal',
      address: { text: address },
      householdSize: 1 + upTo(HOUSEHOLD_MAX),
      description: `Nhà ${name} ở ${address} hết gạo, cần giúp trước cuối tuần`,
      notifyBy: 'sms',
    });
    return { method: 'POST', path: '/requests', body };
  });
}
