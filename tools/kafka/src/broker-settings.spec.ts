import { log4jConfiguration, serverProperties } from './broker-settings.js';

const settings = { folder: '/somewhere', port: 9092, controllerPort: 9093, sessionTimeoutMs: 2_000 };

describe('server.properties', () => {
  it('opens plain listeners on the loopback address when no accounts are asked for', () => {
    const text = serverProperties(settings);
    expect(text).toContain('listeners=CLIENTS://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\n');
    expect(text).toContain('listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT\n');
    expect(text).not.toContain('authorizer');
  });

  it('demands a log-in on both listeners and denies by default when there is a super user', () => {
    const text = serverProperties({ ...settings, superUser: { name: 'admin', password: 'secret' } });
    expect(text).toContain('listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT\n');
    expect(text).toContain('super.users=User:admin\n');
    expect(text).toContain('allow.everyone.if.no.acl.found=false\n');
  });

  it('tells the clients of a second listener to come by the port of their proxy', () => {
    const text = serverProperties({ ...settings, proxied: { port: 9094, advertisedPort: 9095 } });
    const clients = 'CLIENTS://127.0.0.1:9092,PROXIED://127.0.0.1';
    expect(text).toContain(`\nlisteners=${clients}:9094,CONTROLLER://127.0.0.1:9093\n`);
    expect(text).toContain(`\nadvertised.listeners=${clients}:9095\n`);
    expect(text).toContain('CLIENTS:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT\n');
  });

  it('refuses a listener behind a proxy together with a log-in', () => {
    const proxied = { port: 9094, advertisedPort: 9095 };
    const superUser = { name: 'admin', password: 'secret' };
    expect(() => serverProperties({ ...settings, proxied, superUser })).toThrow('takes no log-in');
  });

  it('keeps a backslash in a folder name a backslash', () => {
    expect(serverProperties({ ...settings, folder: 'C:\\kafka' })).toContain('log.dirs=C:\\\\kafka/log\n');
  });

  it('refuses a session that is too short for its heartbeats', () => {
    expect(() => serverProperties({ ...settings, sessionTimeoutMs: 500 })).toThrow('at least 900');
  });
});

describe("the configuration of Kafka's log", () => {
  it('writes what is asked for, into a file whose name may hold any sign', () => {
    const text = log4jConfiguration('/a "b" & c/kafka.log', 'warn');
    expect(text).toContain('<Root level="warn">');
    expect(text).toContain('fileName="/a &quot;b&quot; &amp; c/kafka.log"');
  });
});
