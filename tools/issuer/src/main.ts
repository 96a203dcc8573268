/**
 * An issuer of access tokens for development: docker-compose.yml runs it beside the services, which then need no
 * identity provider. Everything it is told comes from the environment, see issuer-config.ts.
 */
import { readConfig } from '@tiepsuc/runtime';
import { startDemoIssuer } from '@tiepsuc/demo-issuer';
import { accountsIn } from './accounts.js';
import { IssuerConfig } from './issuer-config.js';

try {
  const config = readConfig(IssuerConfig, process.env);
  const issuer = await startDemoIssuer({
    accounts: accountsIn(config.accounts),
    audience: config.audience,
    host: config.httpHost,
    port: config.httpPort,
    issuer: config.issuer,
  });
  const stop = () => void issuer.close().then(() => process.exit(0));
  process.on('SIGTERM', stop).on('SIGINT', stop);
  console.log(`The issuer ${issuer.issuer} listens on port ${config.httpPort}.`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
