import { ServiceConfig, Setting } from '@tiepsuc/runtime';
import { IsInt, Matches, Max, Min } from 'class-validator';

const PER_MINUTE_MAX = 1_000_000;

export class IntakeConfig extends ServiceConfig {
  @Setting({
    env: 'VAULT_KEY',
    meaning: 'the key that guards personal details: 32 random bytes in base64; without it they are lost',
    secret: true,
  })
  @Matches(/^[A-Za-z0-9+/]{43}=$/)
  vaultKey!: string;

  @Setting({
    env: 'PUBLIC_REQUESTS_PER_MINUTE',
    meaning: 'how many requests, and how many look-ups, one client without a token may send per minute',
    fallback: '30',
  })
  @IsInt()
  @Min(1)
  @Max(PER_MINUTE_MAX)
  publicRequestsPerMinute!: number;
}
