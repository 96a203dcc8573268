import { costsOf, type CpuProfile } from './top-costs.js';

const frame = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } });

describe('the costs in a CPU profile', () => {
  const profile: CpuProfile = {
    nodes: [
      frame(1, '(idle)', ''),
      frame(2, 'seal', 'file:///x/apps/intake/dist/vault/vault.js'),
      frame(3, 'query', 'file:///x/node_modules/pg/lib/client.js'),
      frame(4, '', 'file:///x/node_modules/@nestjs/core/router.js'),
      frame(5, '(garbage collector)', ''),
      frame(6, 'query', 'file:///x/node_modules/pg/lib/client.js'),
      frame(7, 'writev', ''),
    ],
    samples: [1, 2, 3, 4, 5, 6, 7],
    timeDeltas: [10_000, 30, 20, 10, 5, 25, 10],
  };

  it('are shares of busy time by function, the same function counted once', () => {
    expect(costsOf(profile).functions[0]).toEqual({ name: 'query in pg (client.js)', share: 0.45 });
  });

  it('are told by package, with what V8 and Node do apart', () => {
    expect(costsOf(profile).packages.map(({ name }) => name)).toEqual([
      'pg',
      'apps/intake',
      '@nestjs/core',
      'native',
      '(garbage collector)',
    ]);
  });
});
