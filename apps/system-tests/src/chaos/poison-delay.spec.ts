import { poisonDelaysNobody } from './poison-delay.js';

const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);

describe('poison beside other keys', () => {
  it('may make no difference beyond the noise', () => {
    expect(poisonDelaysNobody({ calm: times(200, 150), withPoison: times(200, 400) }).ok).toBe(true);
    const one = [...times(199, 150), 60_000];
    expect(poisonDelaysNobody({ calm: times(200, 150), withPoison: one }).ok).toBe(true);
  });

  it('delays them when one partition of twelve waits for its key', () => {
    const withPoison = [...times(183, 150), ...times(17, 20_000)];
    expect(poisonDelaysNobody({ calm: times(200, 150), withPoison }).ok).toBe(false);
  });

  it('is not judged by nothing', () => {
    expect(poisonDelaysNobody({ calm: [], withPoison: times(200, 150) }).ok).toBe(false);
    expect(poisonDelaysNobody({ calm: times(200, 150), withPoison: [] }).ok).toBe(false);
  });
});
