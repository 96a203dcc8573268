import { join } from 'node:path';
import { readOptions, UsageError } from './command-options.js';
import { repositoryRoot } from './kafka-jars.js';

describe('the options of the kafka command', () => {
  it('may all be left out: a kept folder with the session of Kafka itself', () => {
    expect(readOptions([])).toEqual({
      port: 9_092,
      folder: join(repositoryRoot, '.tiepsuc', 'kafka'),
      logLevel: 'info',
      sessionMs: 9_000,
    });
  });

  it('are read', () => {
    const args = ['--port', '9192', '--folder', 'here', '--log-level', 'warn', '--session-ms=2000'];
    expect(readOptions(args)).toEqual({ port: 9_192, folder: 'here', logLevel: 'warn', sessionMs: 2_000 });
  });

  it.each([
    [['--port', '0'], '--port 0'],
    [['--port', '65536'], '--port 65536'],
    [['--port', '9e3'], '--port 9e3'],
    [['--port='], '--port  is not'],
    [['--folder', ''], '--folder'],
    [['--log-level', 'loud'], 'trace, debug, info, warn, error'],
    [['--session-ms', '899'], 'from 900 to 300000'],
    [['--session-ms', '2s'], '--session-ms 2s'],
    [['--level', 'info'], '--level'],
    [['9092'], '9092'],
  ])('are refused when they are %j', (args, part) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(part);
  });
});
