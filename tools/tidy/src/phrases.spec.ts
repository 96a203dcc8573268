import { bannedPhrases } from './phrases.js';

const found = (text: string, path = 'libs/city/src/fold.ts') => bannedPhrases([{ path, text }]);

describe('phrases', () => {
  it.each([
    'So many records are read at once.',
    'A member that is not heard of for so long loses its partitions.',
    'So often a case may move on.',
    'Closed to whoever lacks the secret.',
    'Anybody may read it, and somebody will.',
    'The connection is made anew.',
    'Could not say goodbye.',
  ])('refuse "%s" in a comment and in a document', (sentence) => {
    expect(found(`/** ${sentence} */`)).toHaveLength(1);
    expect(found(`   * ${sentence}`)).toHaveLength(1);
    expect(found(`const a = 1; // ${sentence}`)).toHaveLength(1);
    expect(found(sentence, 'docs/page.md')).toHaveLength(1);
  });

  it('accept plain English, and code that only contains such a word', () => {
    expect(found('/** Maximum records per person, so that memory is bounded. */')).toEqual([]);
    expect(found("const name = 'whoever';")).toEqual([]);
    expect(found('It waits as long as the lease runs.', 'README.md')).toEqual([]);
  });
});
