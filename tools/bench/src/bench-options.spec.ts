import { readOptions, UsageError } from './bench-options.js';

const PARTS = ['intake', 'growth', 'week'];
const read = (...given: string[]) => readOptions(given, PARTS);

describe('the options of the bench', () => {
  it('are three rounds of everything and no file unless something else is asked for', () => {
    expect(read()).toMatchObject({ rounds: 3, isQuick: false, only: undefined, json: undefined, profile: undefined });
  });

  it('are one shorter round when it shall be quick', () => {
    const quick = read('--quick');
    expect(quick).toMatchObject({ rounds: 1, isQuick: true });
    expect(quick.measureMs).toBeLessThan(read().measureMs);
  });

  it('take a number of rounds, files and folders', () => {
    const given = ['--rounds', '2', '--json', 'a.json', '--profile', 'p'];
    expect(read('--quick', ...given)).toMatchObject({
      rounds: 2,
      json: 'a.json',
      profile: 'p',
    });
  });

  it('name parts to run alone; growth and week by options of their own too', () => {
    expect(read('--only', 'intake,week').only).toEqual(['intake', 'week']);
    expect(read('--week').only).toEqual(['week']);
    expect(read('--growth', '50000')).toMatchObject({ only: ['growth'], growthCases: 50_000 });
    expect(read('--list').isList).toBe(true);
  });

  it.each([
    ['--rounds', '0'],
    ['--rounds', '1.5'],
    ['--rounds', '21'],
    ['--growth', '10'],
    ['--only', 'nothing'],
    ['--only', ''],
    ['--fast'],
    ['--json'],
    ['more'],
  ])('refuse %s %s', (...given) => expect(() => read(...given)).toThrow(UsageError));
});
