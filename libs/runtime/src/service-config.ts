import { IsIn, IsInt, IsNotEmpty, IsUrl, Matches, Max, Min } from 'class-validator';
import { Setting } from './config.js';
import { LOG_LEVELS, type LogLevel } from './logger.js';

const WEB_ADDRESS = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };
const PORT_MAX = 65_535;
const SHUTDOWN_GRACE_MAX_MS = 300_000;
const PROXY_HOPS_MAX = 5;

/** Settings of every service. A service's own `config.ts` extends it. */
export class ServiceConfig {
  @Setting({
    env: 'DATABASE_URL',
    meaning: 'the address of this service’s PostgreSQL database, postgres://…',
    secret: true,
  })
  @Matches(/^postgres(ql)?:\/\//)
  databaseUrl!: string;

  @Setting({
    env: 'EVENT_LOG',
    meaning: 'the event log, kafka://broker1:9092,broker2:9092 or postgres://…',
    secret: true,
  })
  @Matches(/^(kafka|postgres(ql)?):\/\/./)
  eventLog!: string;

  @Setting({ env: 'HTTP_HOST', meaning: 'the address to listen on', fallback: '127.0.0.1' })
  @IsNotEmpty()
  httpHost!: string;

  @Setting({ env: 'HTTP_PORT', meaning: 'the port to listen on, 0 for any free one' })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  httpPort!: number;

  @Setting({
    env: 'HTTP_TRUSTED_PROXY_HOPS',
    meaning: 'how many proxies stand between a client and this process, so that limits count clients and not proxies',
    fallback: '0',
  })
  @IsInt()
  @Min(0)
  @Max(PROXY_HOPS_MAX)
  httpTrustedProxyHops!: number;

  @Setting({ env: 'AUTH_ISSUER', meaning: 'the issuer of access tokens, exactly as their "iss" claim says it' })
  @IsUrl(WEB_ADDRESS)
  authIssuer!: string;

  @Setting({ env: 'AUTH_AUDIENCE', meaning: 'the audience that access tokens must name', fallback: 'tiepsuc' })
  @IsNotEmpty()
  authAudience!: string;

  @Setting({ env: 'AUTH_JWKS_URL', meaning: 'the address of the issuer’s public keys' })
  @IsUrl(WEB_ADDRESS)
  authJwksUrl!: string;

  @Setting({
    env: 'LOG_LEVEL',
    meaning: `the least level that is logged, one of ${LOG_LEVELS.join(', ')}`,
    fallback: 'info',
  })
  @IsIn([...LOG_LEVELS])
  logLevel!: LogLevel;

  @Setting({
    env: 'SHUTDOWN_GRACE_MS',
    meaning: 'how long a stopping process may finish its work, in milliseconds',
    fallback: '10000',
  })
  @IsInt()
  @Min(0)
  @Max(SHUTDOWN_GRACE_MAX_MS)
  shutdownGraceMs!: number;
}

/** For services that read from another one, such as a district that reveals a phone number from intake's vault. */
export class ServiceAccountConfig extends ServiceConfig {
  @Setting({ env: 'AUTH_TOKEN_URL', meaning: 'the address of the issuer’s token endpoint' })
  @IsUrl(WEB_ADDRESS)
  authTokenUrl!: string;

  @Setting({ env: 'SERVICE_CLIENT_ID', meaning: 'the id of this service’s own account at the issuer' })
  @IsNotEmpty()
  serviceClientId!: string;

  @Setting({ env: 'SERVICE_CLIENT_SECRET', meaning: 'the secret of this service’s own account', secret: true })
  @IsNotEmpty()
  serviceClientSecret!: string;
}
