import { Metrics } from './metrics.js';

describe('metrics', () => {
  it('leaves out the gauge whose figure cannot be had, and counts that', async () => {
    const metrics = new Metrics('tiny');
    let isAway = false;
    metrics.gauge({
      name: 'lag_records',
      help: 'x',
      labels: ['topic'],
      collect: async (gauge) => {
        if (isAway) throw new Error('away');
        gauge.set({ topic: 'a' }, 7);
      },
    });
    metrics.gauge({
      name: 'age_seconds',
      help: 'x',
      collect: async (gauge) => (isAway ? Promise.reject(new Error('away')) : gauge.set(3)),
    });
    metrics.gauge({ name: 'halted_partitions', help: 'x', collect: (gauge) => gauge.set(1) });
    const valuesOf = async () =>
      (await metrics.text()).split('\n').filter((line) => /^(lag|age|halted|metrics_)/.test(line));

    expect(await valuesOf()).toEqual([
      'lag_records{topic="a",service="tiny"} 7',
      'age_seconds{service="tiny"} 3',
      'halted_partitions{service="tiny"} 1',
    ]);
    isAway = true;
    await metrics.text();
    expect(await valuesOf()).toEqual([
      expect.stringMatching(/^metrics_uncollected_total\{metric="lag_records",service="tiny"\} [12]$/),
      expect.stringMatching(/^metrics_uncollected_total\{metric="age_seconds",service="tiny"\} [12]$/),
      'halted_partitions{service="tiny"} 1',
    ]);
  });

  it('does not wait for ever for a figure', async () => {
    const metrics = new Metrics('slow');
    metrics.gauge({ name: 'stuck', help: 'x', collect: () => new Promise(() => undefined) });
    expect(await metrics.text()).not.toMatch(/^stuck/m);
  });
});
