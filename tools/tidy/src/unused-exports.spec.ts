import { unusedExports } from './unused-exports.js';

const index = {
  path: 'libs/city/src/index.ts',
  text: "export { fold, nfc as normalize, type Unit } from './fold.js';\nexport function inline() {}\nexport { Filed } from './intake.events.js';\n",
};
const found = (importer: string, path = 'apps/intake/src/service.ts') =>
  unusedExports([index, { path, text: importer }]).map((line) => /imports (\w+)/.exec(line)?.[1]);

describe('unused exports', () => {
  it('are names of a library that no other project imports', () => {
    expect(found("import { fold, type Unit } from '@tiepsuc/city';\n")).toEqual(['normalize', 'inline']);
    expect(found("import {\n  normalize as n,\n  inline,\n} from '@tiepsuc/city';\n")).toEqual(['fold', 'Unit']);
    expect(found("const { fold: f } = await import('@tiepsuc/city');\n")).toEqual(['normalize', 'Unit', 'inline']);
  });

  it('are not saved by an import of the library itself, or from another one', () => {
    const all = ['fold', 'normalize', 'Unit', 'inline'];
    expect(found("import { fold } from '@tiepsuc/city';\n", 'libs/city/src/fold.spec.ts')).toEqual(all);
    expect(found("import { fold } from '@tiepsuc/runtime';\n")).toEqual(all);
  });
});
