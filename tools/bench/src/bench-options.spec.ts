import { readOptions, UsageError } from './bench-options.js';

describe('the options of the bench', () => {
  it('are three rounds and no file unless something else is asked for', () => {
    expect(readOptions([])).toMatchObject({ rounds: 3, json: undefined, profile: undefined });
  });

  it('are one shorter round when it shall be quick', () => {
    const quick = readOptions(['--quick']);
    expect(quick.rounds).toBe(1);
    expect(quick.measureMs).toBeLessThan(readOptions([]).measureMs);
  });

  it('take a number of rounds and files', () => {
    expect(readOptions(['--quick', '--rounds', '2', '--json', 'a.json', '--profile', 'p'])).toMatchObject({
      rounds: 2,
      json: 'a.json',
      profile: 'p',
    });
  });

  it.each([['--rounds', '0'], ['--rounds', '1.5'], ['--rounds', '21'], ['--fast'], ['--json'], ['more']])(
    'refuse %s %s',
    (...given) => expect(() => readOptions(given)).toThrow(UsageError),
  );
});
