import { startService } from '@tiepsuc/runtime';
import { audit } from './service.js';

void startService(audit);
