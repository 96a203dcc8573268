import { newId } from '@tiepsuc/contracts';
import { isContention, Journal, Overloaded, Unavailable, type Changed } from '@tiepsuc/journal';
import { seededRandom, type Random } from '@tiepsuc/city/samples';
import { pause } from '../service-process.js';
import { Acknowledgements } from './acknowledgements.js';
import { askedOffice, counters, HOT_KEYS, incrementEvent, type Increment, type Sum } from './increments.js';
import { sayLine } from './say-line.js';
import type { RoleSetting } from './role-setting.js';
import { openSumsDatabase } from './sums-database.js';

const AMOUNT_MAX = 9;
const ASK_AGAIN_MS = 50;
/** The share of increments that are asked for once more after they were acknowledged, as an impatient client does. */
const REPEATED_SHARE = 0.05;

/** Asks for increments in several loops until it is told to stop, and writes down what was acknowledged. */
export async function startProducer(setting: RoleSetting, owner: string): Promise<() => Promise<void>> {
  const database = await openSumsDatabase(setting.askedUrl, owner);
  const journal = new Journal({ database });
  const acknowledgements = await Acknowledgements.open(setting.acknowledgedFile);
  const stopping = new AbortController();
  const random = seededRandom(setting.seed);
  const office = askedOffice(setting.run);
  const ask = (increment: Increment) => askUntilAnswered(journal, { office, increment, signal: stopping.signal });

  const loop = async () => {
    while (!stopping.signal.aborted) {
      const increment = chosen(random);
      const answer = await ask(increment);
      if (!answer) return;
      await acknowledgements.add({ ...increment, sequence: answer.sequence });
      if (random() < REPEATED_SHARE) await ask(increment);
      await pause(setting.pauseMs * 2 * random());
    }
  };
  const loops = Promise.all(Array.from({ length: setting.loops }, loop));
  return async () => {
    stopping.abort();
    await loops;
    await journal.drain();
    await acknowledgements.close();
    await database.dataSource.destroy();
  };
}

function chosen(random: Random): Increment {
  const key = HOT_KEYS[Math.floor(random() * HOT_KEYS.length)] as string;
  return { operation: newId(), key, amount: 1 + Math.floor(random() * AMOUNT_MAX) };
}

/** The same operation again as long as its outcome is unknown; undefined when the process is to stop before it is known. */
async function askUntilAnswered(
  journal: Journal,
  { office, increment, signal }: { office: string; increment: Increment; signal: AbortSignal },
): Promise<Changed<Sum, undefined> | undefined> {
  for (;;) {
    try {
      return await journal.change(counters, {
        key: increment.key,
        context: { idempotencyKey: increment.operation, actor: 'citizen' },
        decide: () => [incrementEvent(office, increment)],
      });
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof Overloaded || isContention(error))) throw error;
      sayLine('warn', 'an increment is asked for again', { operation: increment.operation, error });
      if (signal.aborted) return undefined;
      await pause(ASK_AGAIN_MS);
    }
  }
}
