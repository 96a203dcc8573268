import { Controller, Get, Param } from '@nestjs/common';
import { CODE_PATTERN } from '@tiepsuc/contracts';
import { Answers, Refuses, Roles } from '@tiepsuc/runtime';
import { refuse } from '../refusals.js';
import { History, TIMELINE_MAX } from '../store/history.js';
import { causalOrder } from '../timeline/causal-order.js';
import { entriesOf } from '../timeline/entry.js';
import { findingsIn } from '../timeline/findings.js';
import { CaseTimeline, entryView, findingView } from './timeline.view.js';

/** What happened to a case. */
@Controller('cases')
@Roles('auditor', 'manager', 'dispatcher')
export class CasesController {
  constructor(private readonly history: History) {}

  /** All events of a case, from every service, and whether the record of it is complete. */
  @Get(':caseId/timeline')
  @Refuses(refuse, 'case-unknown')
  @Answers({ meaning: 'What happened to the case, oldest first', body: CaseTimeline })
  async timeline(@Param('caseId') caseId: string): Promise<CaseTimeline> {
    const rows = CODE_PATTERN.test(caseId) ? await this.history.ofCase(caseId) : [];
    if (rows.length === 0) throw refuse('case-unknown');
    const isCut = rows.length > TIMELINE_MAX;
    const { entries, unreadable } = entriesOf(rows.slice(0, TIMELINE_MAX));
    const findings = findingsIn(entries, unreadable);
    return {
      caseId,
      entries: causalOrder(entries).map(entryView),
      findings: findings.map(findingView),
      isWhole: findings.every(({ kind }) => kind === 'duplicate'),
      isCut,
    };
  }
}
