import type { SASLOptions } from 'kafkajs';

const DEFAULT_PORT = 9092;

export interface KafkaAddress {
  readonly brokers: string[];
  readonly ssl: boolean;
  readonly sasl?: SASLOptions;
}

/**
 * Reads `kafka://host1:9092,host2:9092?ssl=true&username=…&password=…`. With a user name the client logs in
 * by SCRAM-SHA-512. Error messages never repeat the password.
 */
export function readKafkaAddress(url: string): KafkaAddress {
  const match = /^kafka:\/\/([^/?#\s]+)\/?(?:\?([^#\s]*))?$/.exec(url);
  if (!match)
    throw new Error('A Kafka address looks like kafka://host1:9092,host2:9092?ssl=true&username=…&password=…');
  const settings = new URLSearchParams(match[2] ?? '');
  for (const name of settings.keys()) {
    if (!['ssl', 'username', 'password'].includes(name)) throw new Error(`A Kafka address has no setting "${name}"`);
  }
  const [username, password] = [settings.get('username'), settings.get('password')];
  if ((username === null) !== (password === null)) {
    throw new Error('A Kafka address has both username and password, or neither');
  }
  const brokers = match[1]!.split(',').map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:${DEFAULT_PORT}`));
  if (brokers.some((broker) => !/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d+$/.test(broker))) {
    throw new Error('A Kafka address names brokers as host:port, separated by commas');
  }
  return {
    brokers,
    ssl: settings.get('ssl') === 'true',
    ...(username !== null && password !== null && { sasl: { mechanism: 'scram-sha-512', username, password } }),
  };
}
