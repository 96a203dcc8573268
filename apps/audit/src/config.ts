import { ServiceConfig, Setting } from '@tiepsuc/runtime';
import { IsOptional, Matches } from 'class-validator';

/** What the audit is told from outside. */
export class AuditConfig extends ServiceConfig {
  @Setting({
    env: 'OFFICES',
    meaning: 'the codes of the offices whose topics are kept, separated by commas; every office when absent',
    optional: true,
  })
  @IsOptional()
  @Matches(/^[a-z0-9-]+$/, { each: true })
  offices?: string[];
}
