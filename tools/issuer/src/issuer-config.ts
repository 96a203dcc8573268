import { Setting } from '@tiepsuc/runtime';
import { IsInt, IsNotEmpty, IsUrl, Max, Min } from 'class-validator';

const PORT_MAX = 65_535;

/** What the issuer is told from outside. */
export class IssuerConfig {
  @Setting({ env: 'AUTH_ISSUER', meaning: 'what its tokens call their issuer, which the services must expect' })
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  issuer!: string;

  @Setting({ env: 'AUTH_AUDIENCE', meaning: 'the audience that its tokens name', fallback: 'tiepsuc' })
  @IsNotEmpty()
  audience!: string;

  @Setting({
    env: 'ISSUER_ACCOUNTS',
    meaning: 'the accounts as JSON: [{ "id": "…", "secret": "…", "roles": ["officer"], "offices": ["q1"] }]',
    secret: true,
  })
  @IsNotEmpty()
  accounts!: string;

  @Setting({ env: 'HTTP_HOST', meaning: 'the address to listen on', fallback: '127.0.0.1' })
  @IsNotEmpty()
  httpHost!: string;

  @Setting({ env: 'HTTP_PORT', meaning: 'the port to listen on' })
  @IsInt()
  @Min(1)
  @Max(PORT_MAX)
  httpPort!: number;
}
