import { parsePhone } from './phone.js';
import { sampleHousehold, seededRandom } from './samples.js';
import { unitsAsOf } from './unit-catalogue.js';

describe('a sample household', () => {
  it('is the same for the same seed and another for another', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => sampleHousehold(seededRandom(seed)));
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });
  it('has a mobile number that shows it was generated, and a ward of its district', () => {
    const random = seededRandom(0);
    for (let count = 0; count < 500; count += 1) {
      const { phone, wardCode, districtCode, name } = sampleHousehold(random);
      expect(phone).toMatch(/^0\d\d00\d{5}$/);
      expect(parsePhone(phone)).toMatchObject({ ok: true, kind: 'mobile' });
      expect(unitsAsOf('2021-07-22').unit(wardCode)?.parent).toBe(districtCode);
      expect(name.split(' ')).toHaveLength(3);
    }
  });
  it('comes with a source of numbers that covers 0 to 1 evenly', () => {
    const random = seededRandom(0x9e3779b9);
    const numbers = Array.from({ length: 10_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.reduce((sum, number) => sum + number) / numbers.length).toBeCloseTo(0.5, 1);
  });
});
