import { HOTLINE_OPENED_ON, OFFICES, parseAddress } from '@tiepsuc/city';
import { endOf, handledShares } from './planned-outcome.js';
import { plannedRequests } from './planned-request.js';

const { offices } = OFFICES.asOf(HOTLINE_OPENED_ON);
const plans = plannedRequests(3_000, 1022);

describe('the requests of the demo', () => {
  it('are the same for the same seed and others for another', () => {
    expect(plannedRequests(3_000, 1022)).toEqual(plans);
    expect(plannedRequests(3_000, 1023)[0]!.body).not.toEqual(plans[0]!.body);
  });

  it('name a place that can be found, but for a few', () => {
    const vague = plans.filter(({ body }) => parseAddress(body.address.text, HOTLINE_OPENED_ON).district === undefined);
    expect(vague.length / plans.length).toBeGreaterThan(0.01);
    expect(vague.length / plans.length).toBeLessThan(0.06);
  });

  it('bring every class of need', () => {
    const needs = new Set(plans.map(({ body }) => body.needs[0]));
    expect(needs.size).toBe(10);
  });

  it('are resolved to about 70.2 per cent', () => {
    const shares = handledShares(offices, 1022);
    const officeOf = new Map(offices.map(({ districtCode, code }) => [districtCode, code]));
    const ends = plans.map(({ fate, districtCode }) => endOf(fate, shares.get(officeOf.get(districtCode)!)!));
    const resolved = ends.filter((end) => end === 'resolved').length;
    expect(Math.abs(resolved / plans.length - 0.702)).toBeLessThan(0.03);
    expect(new Set(ends).size).toBe(3);
  });

  it('have the outcome that goes with the need, and its detail where one is due', () => {
    for (const { fate } of plans) {
      const isExplained = ['ineligible', 'referred'].includes(fate.resolution.outcome);
      expect(fate.resolution.detailCode !== undefined).toBe(isExplained);
    }
  });
});

describe('the shares that offices handle', () => {
  it('differ between offices and average at what was published', () => {
    const shares = [...handledShares(offices, 3).values()];
    expect(new Set(shares).size).toBeGreaterThan(15);
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeCloseTo(0.702, 6);
  });
});
