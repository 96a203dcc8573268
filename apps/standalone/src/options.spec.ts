import { readOptions, UsageError } from './options.js';

describe('the command line', () => {
  it('needs nothing', () => {
    expect(readOptions([])).toMatchObject({
      demo: false,
      throwAway: false,
      folder: '.tiepsuc',
      port: 10_220,
      seed: 1_022,
    });
  });

  it('takes what a demo can be told', () => {
    const args = ['--throw-away', '--demo', '--requests', '60', '--seed', '7', '--event-log', 'kafka://localhost:9092'];
    expect(readOptions(args)).toMatchObject({
      demo: true,
      throwAway: true,
      requests: 60,
      seed: 7,
      eventLog: 'kafka://localhost:9092',
    });
  });

  it.each([
    [['--demmo']],
    [['demo']],
    [['--requests', '0']],
    [['--requests', '1e3']],
    [['--seed', '-1']],
    [['--port', '80']],
    [['--port', '65530']],
    [['--folder', ' ']],
    [['--event-log', 'http://localhost']],
  ])('refuses %j with a sentence', (args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
