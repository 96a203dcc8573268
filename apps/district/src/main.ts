import { startService } from '@tiepsuc/runtime';
import { district } from './service.js';

void startService(district);
