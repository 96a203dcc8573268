import { problemsOutOfPlace, undocumentedCodes, wrongRefusals, type DeclaredCode } from './refusals.js';

const declared = (code: string, more: Partial<DeclaredCode> = {}): DeclaredCode => ({
  path: 'apps/audit/src/refusals.ts',
  code,
  kind: 'conflict',
  says: { vi: 'Hồ sơ đã kết thúc.', en: 'The case has ended.' },
  remedy: { vi: 'Không cần làm gì.', en: 'There is nothing to do.' },
  ...more,
});

describe('refusals', () => {
  it.each(['case-ended', 'case-not-waiting'])('may be called %s', (code) =>
    expect(wrongRefusals([declared(code)])).toEqual([]),
  );

  it.each(['ended', 'Case-Ended', 'case_ended', 'no-such-case', 'bad-reason', 'case-unknown', 'case-not-valid'])(
    'may not be called %s when they are a conflict',
    (code) => expect(wrongRefusals([declared(code)]).length).toBeGreaterThan(0),
  );

  it.each([
    { says: { vi: '', en: 'The case has ended.' } },
    { remedy: { vi: 'Không cần làm gì.', en: 'nothing' } },
    { says: { vi: 'Hồ sơ {status}.', en: 'The case has ended.' } },
  ] satisfies Partial<DeclaredCode>[])('say a sentence and a remedy in both languages, not %j', (more) =>
    expect(wrongRefusals([declared('case-ended', more)])).toHaveLength(1),
  );

  it('are named by a route, and so stand in the OpenAPI document', () => {
    const document = { path: 'apps/audit/openapi.json', text: '"type": "urn:tiepsuc:problem:case-shut"' };
    expect(undocumentedCodes([declared('case-ended'), declared('case-shut')], [document])).toEqual([
      'apps/audit/src/refusals.ts: case-ended',
    ]);
  });

  it('are no problems of HTTP, which only the edge makes', () => {
    const at = (path: string) => ({ path, text: 'throw new Problem' + '({})' });
    const edge = [at('apps/audit/src/http/a.ts'), at('libs/runtime/src/a.ts')];
    expect(problemsOutOfPlace([...edge, at('apps/audit/src/store/a.ts'), at('libs/journal/src/a.ts')])).toEqual([
      'apps/audit/src/store/a.ts',
      'libs/journal/src/a.ts',
    ]);
  });
});
