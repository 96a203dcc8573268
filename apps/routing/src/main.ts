import { startService } from '@tiepsuc/runtime';
import { routing } from './service.js';

void startService(routing);
