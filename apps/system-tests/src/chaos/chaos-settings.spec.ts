import { readChaosSettings } from './chaos-settings.js';

describe('the settings of a run', () => {
  it('are a hundred faults on PostgreSQL, and the seed of the moment, unless told otherwise', () => {
    expect(readChaosSettings([], 42)).toMatchObject({
      eventLog: 'postgres',
      faults: 100,
      seed: 42,
      minutesMax: undefined,
    });
  });

  it('are taken as given', () => {
    const args = [
      '--faults',
      '1000',
      '--event-log',
      'kafka',
      '--seed',
      '7',
      '--minutes',
      '30',
      '--json',
      'verdict.json',
    ];
    expect(readChaosSettings(args, 42)).toMatchObject({
      eventLog: 'kafka',
      faults: 1_000,
      seed: 7,
      minutesMax: 30,
      jsonFile: 'verdict.json',
    });
  });

  it.each([
    [['--faults', 'many'], '--faults must be'],
    [['--faults', '0'], '--faults must be'],
    [['--event-log', 'paper'], '--event-log must be'],
    [['--forever'], 'forever'],
  ])('are refused in one sentence: %s', (args, sentence) => {
    expect(() => readChaosSettings(args, 42)).toThrow(sentence);
  });
});
