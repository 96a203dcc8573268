import { leftovers } from './leftovers.js';

const found = (text: string, path = 'libs/city/src/fold.ts') => leftovers([{ path, text }]);
const unfinished = 'TO' + 'DO';

describe('leftovers', () => {
  it('accepts plain code', () => {
    expect(found('const only = list.only(1);\n// Folds a name.\n')).toEqual([]);
  });

  it('refuses an unfinished thing without an issue', () => {
    expect(found(`ok\n// ${unfinished} later`)).toEqual([expect.stringContaining('fold.ts:2')]);
    expect(found(`# ${unfinished}: later`, 'k8s/intake.yaml')).toHaveLength(1);
    expect(found(`// ${unfinished}(#12) later`)).toEqual([]);
  });

  it('refuses a test that stands alone', () => {
    expect(found(`${'it'}.only('is one', go)`)).toHaveLength(1);
    expect(found(`${'f'}describe('is one', go)`)).toHaveLength(1);
  });

  it('refuses a silenced rule without a reason', () => {
    expect(found(`// eslint-${'disable'}-next-line no-console`)).toHaveLength(1);
    expect(found(`// eslint-${'disable'}-next-line no-console -- This program prints.`)).toEqual([]);
  });

  it('refuses a banner', () => {
    expect(found(`// ${'-'.repeat(20)}`)).toHaveLength(1);
  });
});
