import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../event-log.js';

export function asLogRecord(topicPartition: { topic: string; partition: number }, message: KafkaMessage): LogRecord {
  return {
    topic: topicPartition.topic,
    partition: topicPartition.partition,
    offset: BigInt(message.offset),
    key: message.key === null ? null : message.key.toString(),
    headers: asTexts(message.headers ?? {}),
    value: message.value ?? Buffer.alloc(0),
    appendedAt: new Date(Number(message.timestamp)),
  };
}

/** Kafka allows repeated headers: the last one counts. Bytes that are not UTF-8 become replacement characters. */
function asTexts(headers: IHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) texts[name] = last.toString();
  }
  return texts;
}
