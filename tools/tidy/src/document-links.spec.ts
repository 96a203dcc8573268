import { wrongDocuments } from './document-links.js';

const file = (path: string, text = '') => ({ path, text });
const wrong = (text: string) =>
  wrongDocuments([file('docs/a.md', text), file('docs/b.md', '# Đọc trước\n'), file('libs/city/a.ts')]);

describe('documents', () => {
  it.each([
    '[b](b.md)',
    '[b](./b.md#đọc-trước)',
    '[units](../libs/city/)',
    '[web](https://example.org)',
    '`[code](gone.md)`',
    '```\n[code](gone.md)\n```',
  ])('accept %s', (text) => expect(wrong(text)).toEqual([]));

  it.each(['[gone](gone.md)', '[up](../b.md)', '![picture](b.png)', '[b](b.md#gone)', '[here](#gone)'])(
    'refuse %s',
    (text) => expect(wrong(text)).toHaveLength(1),
  );

  it('keep a decision within 60 lines', () => {
    expect(wrongDocuments([file('docs/decisions/0001-a.md', 'x\n'.repeat(60))])).toEqual([]);
    expect(wrongDocuments([file('docs/decisions/0001-a.md', 'x\n'.repeat(61))])).toHaveLength(1);
  });
});
