import { startService } from '@tiepsuc/runtime';
import { intake } from './service.js';

void startService(intake);
