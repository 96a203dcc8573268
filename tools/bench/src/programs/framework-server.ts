/** The application that every service is, with a route like intake's that answers at once and stores nothing. */
import { AccessTokens, createHttpApp, createLogger, Metrics, Readiness, type TokenRules } from '@tiepsuc/runtime';
import { StoresNothingModule } from './stores-nothing.js';

const rules = JSON.parse(process.argv[2] ?? '{}') as TokenRules;
const app = await createHttpApp(StoresNothingModule, {
  logger: createLogger({ service: 'bench', level: 'warn' }),
  metrics: new Metrics('bench'),
  readiness: new Readiness(),
  tokens: new AccessTokens(rules),
});
process.on('disconnect', () => void app.close().then(() => process.exit(0)));
await app.listen(0, '127.0.0.1');
process.send?.({ port: Number(new URL(await app.getUrl()).port) });
