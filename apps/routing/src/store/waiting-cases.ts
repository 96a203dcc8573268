import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { WaitingCaseRow } from './waiting-case.row.js';

/** Where the last page ended. */
export interface WaitingCursor {
  readonly since: string;
  readonly caseId: string;
}

/** The cases that wait for a dispatcher, longest waiting first. */
@Injectable()
export class WaitingCases {
  constructor(private readonly dataSource: DataSource) {}

  /** At most `limit` rows after the cursor. */
  async page(limit: number, after?: WaitingCursor): Promise<WaitingCaseRow[]> {
    const query = this.dataSource
      .getRepository(WaitingCaseRow)
      .createQueryBuilder('waiting')
      .where('waiting.isWaiting')
      .orderBy('waiting.since')
      .addOrderBy('waiting.caseId')
      .limit(limit);
    if (after) query.andWhere('(waiting.since, waiting.caseId) > (:since::timestamptz, :caseId::uuid)', { ...after });
    return query.getMany();
  }
}
