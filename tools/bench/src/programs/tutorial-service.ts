/** A service of the tutorial stack as a process of its own. */
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { startTutorialService } from '../tutorial-stack/start-tutorial-service.js';
import type { TutorialSettings } from '../tutorial-stack/tutorial-settings.js';

const app = await startTutorialService(JSON.parse(process.argv[2] ?? '{}') as TutorialSettings);
process.on('disconnect', () => void app.close().then(() => process.exit(0)));
process.send?.({ port: ((app.getHttpServer() as Server).address() as AddressInfo).port });
