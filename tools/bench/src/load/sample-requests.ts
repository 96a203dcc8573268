import { sampleHousehold, seededRandom } from '@tiepsuc/units/samples';

const SEED = 1_022;
const NEEDS = ['food', 'food', 'food', 'necessities', 'necessities', 'medicine'] as const;
const HOUSEHOLD_MAX = 9;

/**
 * Bodies of requests as an operator types them, the same in every run: a made-up household with its address in words,
 * one need, told by SMS.
 */
export function sampleRequests(count: number): string[] {
  const random = seededRandom(SEED);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: count }, () => {
    const { name, phone, address } = sampleHousehold(random);
    return JSON.stringify({
      reporter: { name, phone },
      needs: [NEEDS[upTo(NEEDS.length)]],
      urgency: 'normal',
      address: { text: address },
      householdSize: 1 + upTo(HOUSEHOLD_MAX),
      description: `Nhà ${name} ở ${address} hết gạo, cần giúp trước cuối tuần`,
      notifyBy: 'sms',
    });
  });
}
