import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { CONTENT_TYPE, newId } from '@tiepsuc/contracts';
import { openEventLog } from '@tiepsuc/event-log';
import { eventually } from '@tiepsuc/retry';
import { describeKafka } from '@tiepsuc/test-servers';
import { openedLeg, publisher, serviceDatabase, topics } from './pair.fixture.js';

const runFile = promisify(execFile);

interface SeenByKcat {
  readonly topic: string;
  readonly key: string;
  readonly headers: readonly string[];
  readonly payload: string;
}

function hasKcat(): boolean {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['REQUIRE_KCAT'] === '1') throw new Error('kcat is required and not installed', { cause: error });
    process.stderr.write('\nSKIPPED: kcat is not installed, so no foreign client has read our records\n\n');
    return false;
  }
}

/** kcat speaks to the broker through librdkafka, of which nothing is ours. */
const describeForeign: typeof describeKafka = hasKcat()
  ? describeKafka
  : (name) => describe.skip(name, () => it.todo('needs kcat'));

describeForeign('a client that is not ours', (kafka) => {
  it('reads value bytes, key and headers of our records', async () => {
    const { database, close } = await serviceDatabase();
    const brokers = kafka().brokers.join(',');
    const log = openEventLog(`kafka://${brokers}`);
    const { relay, say } = publisher(database, log);
    try {
      await log.ensureTopics(Object.values(topics));
      const legId = newId();
      await say(legId, openedLeg(legId));
      relay.start();
      await eventually(async () => (await relay.backlog()).pending === 0);
      const { stdout } = await runFile('kcat', [
        '-b',
        brokers,
        '-C',
        '-t',
        topics.cases.name,
        '-o',
        'beginning',
        '-e',
        '-q',
        '-J',
      ]);
      const seen = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SeenByKcat)
        .find(({ key }) => key === legId);
      const [row] = await database.run<{ value: Buffer }>({
        text: 'SELECT value FROM journal WHERE subject = $1',
        values: [legId],
      });
      expect(Buffer.from(seen?.payload ?? '', 'utf8').equals(row?.value as Buffer)).toBe(true);
      const headers = new Map(chunked(seen?.headers ?? []));
      expect(headers.get('content-type')).toBe(CONTENT_TYPE);
      expect(headers.get('ce_type')).toBe('relief.leg.opened.v1');
      expect(headers.get('ce_subject')).toBe(legId);
      expect(headers.get('ce_sequence')).toBe('000000000001');
    } finally {
      await relay.stop();
      await log.close();
      await close();
    }
  });
});

/** kcat prints headers as name, value, name, value. */
function chunked(list: readonly string[]): [string, string][] {
  return list.flatMap((name, n) => (n % 2 === 0 ? [[name, list[n + 1] ?? ''] as [string, string]] : []));
}
