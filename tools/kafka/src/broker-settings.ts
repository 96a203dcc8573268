export interface KafkaAccount {
  name: string;
  password: string;
}

/** Both ports are on 127.0.0.1. */
export interface ProxiedListener {
  /** Where the broker listens, for the proxy. */
  port: number;
  /** Where the proxy listens, for clients: the address that the broker tells them. */
  advertisedPort: number;
}

export interface BrokerSettings {
  folder: string;
  port: number;
  controllerPort: number;
  sessionTimeoutMs: number;
  /** A second listener, whose clients are told to come by the port of a proxy. */
  proxied?: ProxiedListener;
  /** Who passes between broker and controller, and may do everything. Absent: no log-in, no access rules. */
  superUser?: KafkaAccount;
}

/** Several heartbeats fit into the shortest sensible session. */
const HEARTBEAT_MS = 300;
const HEARTBEATS_PER_SESSION_MIN = 3;
export const SESSION_MIN_MS = HEARTBEAT_MS * HEARTBEATS_PER_SESSION_MIN;
const LOG_FILE_MAX = '10MB';
const LOG_FILES_MAX = 3;

/** Kafka's log levels, from most to least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The text of server.properties for one node that is broker and controller. With a super user, both listeners
 * demand a log-in, so the controller's port is no way around the access rules.
 */
export function serverProperties(settings: BrokerSettings): string {
  const { folder, port, controllerPort, sessionTimeoutMs, proxied } = settings;
  if (proxied && settings.superUser) throw new Error('a listener behind a proxy takes no log-in');
  const listeners = (clientsPort: number, proxiedPort = 0) =>
    `CLIENTS://127.0.0.1:${clientsPort}${proxied ? `,PROXIED://127.0.0.1:${proxiedPort}` : ''}`;
  if (sessionTimeoutMs < SESSION_MIN_MS) throw new Error(`sessionTimeoutMs must be at least ${SESSION_MIN_MS}`);
  return propertiesText({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `${listeners(port, proxied?.port)},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': listeners(port, proxied?.advertisedPort),
    'inter.broker.listener.name': 'CLIENTS',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': `${folder}/log`,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'broker.session.timeout.ms': sessionTimeoutMs,
    'broker.heartbeat.interval.ms': HEARTBEAT_MS,
    ...(settings.superUser ? guardedListeners(settings.superUser) : openListeners(proxied !== undefined)),
  });
}

function openListeners(isProxied: boolean): Record<string, string> {
  const proxied = isProxied ? 'PROXIED:PLAINTEXT,' : '';
  return { 'listener.security.protocol.map': `CLIENTS:PLAINTEXT,${proxied}CONTROLLER:PLAINTEXT` };
}

function guardedListeners({ name, password }: KafkaAccount): Record<string, string> {
  const login = `required username="${name}" password="${password}"`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  return {
    'listener.security.protocol.map': 'CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
    'listener.name.clients.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `${scram} ${login};`,
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': `${plain} ${login} user_${name}="${password}";`,
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${name}`,
    'allow.everyone.if.no.acl.found': 'false',
  };
}

/** Java reads a backslash in a value as the start of an escape. */
function propertiesText(properties: Record<string, string | number | boolean>): string {
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}`);
  return `${lines.join('\n')}\n`;
}

/** Log4j writes to files of a bounded size; the broker's own output streams then carry only what Java itself says. */
export function log4jConfiguration(logFile: string, level: LogLevel): string {
  const file = logFile.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="error">
  <Appenders>
    <RollingFile name="file" fileName="${file}" filePattern="${file}.%i">
      <PatternLayout pattern="%d{ISO8601} %p %c{1} %m%n"/>
      <SizeBasedTriggeringPolicy size="${LOG_FILE_MAX}"/>
      <DefaultRolloverStrategy max="${LOG_FILES_MAX}"/>
    </RollingFile>
  </Appenders>
  <Loggers><Root level="${level}"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
`;
}
