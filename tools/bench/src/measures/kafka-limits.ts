import type { Reading } from '../bench-row.js';
import { cpuSeconds, microsEach } from '../cpu-time.js';
import { runProgram } from '../own-process.js';
import type { PartContext } from '../part.js';
import type { KafkaOrder, KafkaRate } from '../programs/kafka-rates.js';

export const KAFKA_PRODUCE = 'kafkajs produce';
const MARGIN_MS = 30_000;

/** What kafkajs does with a real broker on this machine, with nothing else to do, and what that costs the broker. */
export async function kafkaLimits({ surroundings, options }: PartContext): Promise<Reading[]> {
  const broker = await surroundings.broker();
  const { warmUpMs, measureMs } = options;
  const run = (work: KafkaOrder['work']): Promise<KafkaRate> => {
    const order: KafkaOrder = { work, brokers: broker.brokers, warmUpMs, measureMs };
    return runProgram<KafkaRate>('kafka-rates', order, warmUpMs + measureMs + MARGIN_MS);
  };
  const before = await cpuSeconds({ broker: broker.pid });
  const produced = await run('produce');
  const after = await cpuSeconds({ broker: broker.pid });
  const consumed = await run('consume');
  const unit = 'records/s';
  const brokerCpu = microsEach(before, after, produced.total)?.['broker'];
  const each = 'µs each';
  return [
    { name: KAFKA_PRODUCE, unit, limit: produced.perSecond },
    { name: 'kafkajs consume', unit, limit: consumed.perSecond },
    { name: `${KAFKA_PRODUCE}, CPU: client`, unit: each, limit: produced.cpuMicrosEach },
    ...(brokerCpu === undefined ? [] : [{ name: `${KAFKA_PRODUCE}, CPU: Kafka broker`, unit: each, limit: brokerCpu }]),
    { name: 'kafkajs consume, CPU: client', unit: each, limit: consumed.cpuMicrosEach },
  ];
}
