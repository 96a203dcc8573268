import { IsIn, IsInt, IsOptional, Matches, Max } from 'class-validator';
import { ConfigError, readConfig, Setting, settingsOf } from './config.js';
import { ServiceAccountConfig, ServiceConfig } from './service-config.js';

class OfficeConfig extends ServiceConfig {
  @Setting({ env: 'OFFICES', meaning: 'the codes of the offices that this process serves, separated by commas' })
  @Matches(/^[a-z0-9-]+$/, { each: true })
  offices!: string[];

  @Setting({ env: 'QUEUE_MAX', meaning: 'how many cases may wait', fallback: '100' })
  @IsInt()
  @Max(1_000)
  queueMax!: number;

  @Setting({ env: 'DRILL', meaning: 'whether this is a drill', fallback: 'false' })
  drill!: boolean;

  @Setting({ env: 'SIGNING_KEY', meaning: 'the key that bulletins are signed with', secret: true, optional: true })
  @IsOptional()
  @Matches(/^k-/, { message: 'signingKey $value is not a key' })
  signingKey?: string;
}

class SmsConfig {
  @Setting({ env: 'SMS_MODE', meaning: 'how messages leave, one of live or printed', fallback: 'printed' })
  @IsIn(['live', 'printed'])
  mode!: string;
}

const complete = {
  DATABASE_URL: 'postgres://u:secret-word@127.0.0.1/district',
  EVENT_LOG: 'kafka://one:9092,two:9092',
  HTTP_PORT: '10223',
  AUTH_ISSUER: 'http://127.0.0.1:10229',
  AUTH_JWKS_URL: 'http://127.0.0.1:10229/jwks',
  OFFICES: 'q1, q3,,',
};

const sentencesFor = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(OfficeConfig, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
  }
  return [];
};

describe('settings', () => {
  it('are read once, converted and frozen', () => {
    const config = readConfig(OfficeConfig, complete);
    expect(config).toMatchObject({
      httpPort: 10_223,
      httpHost: '127.0.0.1',
      authAudience: 'tiepsuc',
      logLevel: 'info',
      shutdownGraceMs: 10_000,
      offices: ['q1', 'q3'],
      queueMax: 100,
      drill: false,
    });
    expect(Object.isFrozen(config) && Object.isFrozen(config.offices)).toBe(true);
  });

  it('have one sentence for each that is missing', () => {
    const sentences = sentencesFor({ ...complete, DATABASE_URL: undefined, OFFICES: '  ' });
    expect(sentences).toEqual([
      'DATABASE_URL is missing: set it to the address of this service’s PostgreSQL database, postgres://….',
      'OFFICES is missing: set it to the codes of the offices that this process serves, separated by commas.',
    ]);
  });

  it('say what a wrong value should be', () => {
    expect(sentencesFor({ ...complete, HTTP_PORT: 'web', DRILL: 'perhaps' })).toEqual([
      'HTTP_PORT must be a number: the port to listen on, 0 for any free one.',
      'DRILL must be true or false: whether this is a drill.',
    ]);
    expect(sentencesFor({ ...complete, QUEUE_MAX: '5000' })).toEqual([
      'QUEUE_MAX must not be greater than 1000: set it to how many cases may wait.',
    ]);
    expect(() => readConfig(SmsConfig, { SMS_MODE: 'pigeon' })).toThrow(/^SMS_MODE must be one of .*live, printed/);
  });

  it('never repeat a secret', () => {
    const text = sentencesFor({ ...complete, DATABASE_URL: 'mysql://secret-word', SIGNING_KEY: 'secret-word' }).join();
    expect(text).toContain('DATABASE_URL is not valid');
    expect(text).toContain('SIGNING_KEY is not valid');
    expect(text).not.toContain('secret-word');
  });

  it('are listed for documents, inherited ones first', () => {
    const lines = settingsOf(OfficeConfig);
    expect(lines[0]).toMatchObject({ env: 'DATABASE_URL', secret: true, required: true });
    expect(lines.find(({ env }) => env === 'QUEUE_MAX')).toMatchObject({ fallback: '100', required: false });
    expect(lines.find(({ env }) => env === 'SIGNING_KEY')).toMatchObject({ secret: true, required: false });
    expect(settingsOf(ServiceConfig).map(({ env }) => env)).not.toContain('OFFICES');
    expect(settingsOf(ServiceAccountConfig).map(({ env }) => env)).toContain('SERVICE_CLIENT_SECRET');
  });
});
