import { cityOnKafka, cityOnPostgres, messagesSent } from './measures/end-to-end.js';
import { httpLimits } from './measures/http-limits.js';
import { insertLimit } from './measures/insert-limit.js';
import { intakeAlone } from './measures/intake-alone.js';
import { kafkaLimits } from './measures/kafka-limits.js';
import { growth } from './measures/growth.js';
import { idle } from './measures/idle.js';
import { overload } from './measures/overload.js';
import { replayPart } from './measures/replay.js';
import { spike } from './measures/spike.js';
import { standalone } from './measures/standalone.js';
import { week } from './measures/week.js';
import { tutorialStack } from './measures/tutorial.js';
import type { Part } from './part.js';

/** In the order in which they are measured. */
export const PARTS: readonly Part[] = [
  {
    name: 'insert',
    meaning: 'limit: durable batches into two tables of PostgreSQL',
    when: 'each round',
    measure: insertLimit,
  },
  {
    name: 'http',
    meaning: 'limits: plain node:http, and our framework storing nothing',
    when: 'each round',
    measure: httpLimits,
  },
  {
    name: 'intake',
    meaning: 'intake alone: saturated, and by a schedule at half and at 90 % load',
    when: 'each round',
    measure: intakeAlone,
  },
  {
    name: 'city-postgres',
    meaning: 'all services on the embedded event log, up to the queued message, and their latency at half load',
    when: 'each round',
    measure: cityOnPostgres,
  },
  {
    name: 'messages',
    meaning: 'the same while the messages are sent, too',
    when: 'once',
    measure: messagesSent,
  },
  {
    name: 'standalone',
    meaning: 'what npm start starts: all services in one process, with its PostgreSQL, sending too',
    when: 'once',
    measure: standalone,
  },
  {
    name: 'kafka',
    meaning: 'limits: kafkajs produce and consume on a real broker',
    when: 'each round',
    needsKafka: true,
    measure: kafkaLimits,
  },
  {
    name: 'city-kafka',
    meaning: 'all services on Apache Kafka, up to the queued message, and their latency at half load',
    when: 'each round',
    needsKafka: true,
    measure: cityOnKafka,
  },
  {
    name: 'tutorial',
    meaning: 'the same work as tutorials build it, on the same broker: end to end, and its intake alone',
    when: 'each round',
    needsKafka: true,
    measure: tutorialStack,
  },
  {
    name: 'overload',
    meaning: 'intake when it is asked for one, two and three times what it can do',
    when: 'once',
    measure: overload,
  },
  {
    name: 'spike',
    meaning: 'all services at a calm rate, at 35 times of it, and calm again',
    when: 'once',
    measure: spike,
  },
  {
    name: 'idle',
    meaning: 'what all services cost while nothing happens, on both logs',
    when: 'once',
    needsKafka: true,
    measure: idle,
  },
  {
    name: 'replay',
    meaning: 'rebuilding a service from the log, passing over what it has, and auditing it all',
    when: 'once',
    measure: replayPart,
  },
  {
    name: 'growth',
    meaning: 'a city that grows to --growth cases: its rate on the way, look-ups and replay at the end',
    when: 'when named',
    measure: growth,
  },
  { name: 'week', meaning: 'the first 5.25 days of the hotline, reconciled', when: 'when named', measure: week },
];
