import { readRunOptions, UsageError } from './sums-options.js';

describe('the options of the sums', () => {
  it('disturb everything in every way unless told otherwise', () => {
    const { faults, eventLog, kinds, ways } = readRunOptions([]);
    expect([faults, eventLog, kinds.includes('kill'), ways.includes('relay')]).toEqual([30, 'postgres', true, true]);
  });

  it('take a choice of faults and ways', () => {
    const { kinds, ways } = readRunOptions(['--kinds', 'kill,postgres', '--ways', 'consumer']);
    expect([kinds, ways]).toEqual([['kill', 'postgres'], ['consumer']]);
  });

  it.each([
    [['--faults', 'many'], '--faults must be a whole number of at most 100000.'],
    [['--event-log', 'paper'], '--event-log must be postgres or kafka.'],
    [['--kinds', 'kill,flood'], '--kinds does not know flood.'],
    [['--ways', 'back'], '--ways does not know back.'],
  ])('refuse %j', (args, message) => {
    expect(() => readRunOptions(args)).toThrow(new UsageError(message));
  });
});
