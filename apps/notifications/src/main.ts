import { startService } from '@tiepsuc/runtime';
import { notifications } from './service.js';

void startService(notifications);
