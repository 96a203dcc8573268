import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HistoryCountRow } from './history-count.row.js';
import { HistoryRow } from './history.row.js';
import { caseUuid } from './keep-records.js';

const WITHOUT_VALUE = ['topic', 'partition', 'offset', 'eventId', 'type', 'appendedAt', 'recordHash', 'problem'].map(
  (field) => `record.${field}`,
);

export const TIMELINE_MAX = 2_000;
const COPIES_MAX = 20;
/** Values of one page; a record may have 900 kB. */
const PAGE_SIZE_MAX_BYTES = 8_000_000;
const COUNTS_MAX = 10_000;

/** Reads the history. Every query runs along an index and is limited. */
@Injectable()
export class History {
  constructor(private readonly dataSource: DataSource) {}

  /** What is known about a case, at most TIMELINE_MAX + 1 records in the order in which the log got them. */
  ofCase(code: string): Promise<HistoryRow[]> {
    return this.rows.find({
      where: { caseId: caseUuid(code) },
      order: { appendedAt: 'ASC', topic: 'ASC', partition: 'ASC', offset: 'ASC' },
      take: TIMELINE_MAX + 1,
    });
  }

  /** Every copy of an event, in the order of their places. */
  event(eventId: string): Promise<HistoryRow[]> {
    return this.rows.find({
      where: { eventId },
      order: { topic: 'ASC', partition: 'ASC', offset: 'ASC' },
      take: COPIES_MAX,
    });
  }

  /** Records of a partition from an offset on, at most `limit` and about 8 MB, at least one if there is one. */
  async page({ topic, partition, from, limit }: PageRequest): Promise<HistoryRow[]> {
    const sizes: { offset: string; size: number }[] = await this.dataSource.query(
      `SELECT "offset", octet_length(value) AS size FROM history
        WHERE topic = $1 AND partition = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4`,
      [topic, partition, from, limit],
    );
    const last = lastThatFits(sizes);
    if (last === undefined) return [];
    return this.rows
      .createQueryBuilder('record')
      .where('record.topic = :topic AND record.partition = :partition', { topic, partition })
      .andWhere('record.offset BETWEEN :from AND :last', { from, last })
      .orderBy('record.offset')
      .limit(limit)
      .getMany();
  }

  /** Records that are not what they should be, without their bytes, by place, after the given one. */
  problems(
    limit: number,
    after: Pick<PageRequest, 'topic' | 'partition' | 'from'>,
  ): Promise<Omit<HistoryRow, 'value'>[]> {
    return this.rows
      .createQueryBuilder('record')
      .select(WITHOUT_VALUE)
      .where('record.problem IS NOT NULL')
      .andWhere('(record.topic, record.partition, record.offset) > (:topic, :partition::int, :from::bigint)', {
        ...after,
      })
      .orderBy('record.topic')
      .addOrderBy('record.partition')
      .addOrderBy('record.offset')
      .limit(limit)
      .getMany();
  }

  /** How many records of each type each topic has brought. */
  counts(): Promise<TypeCount[]> {
    return this.dataSource
      .getRepository(HistoryCountRow)
      .createQueryBuilder('count')
      .select('count.topic', 'topic')
      .addSelect('count.type', 'type')
      .addSelect('sum(count.records)::float8', 'records')
      .addSelect('sum(count.problems)::float8', 'problems')
      .addSelect('max(count.lastAppendedAt)', 'lastAppendedAt')
      .groupBy('count.topic')
      .addGroupBy('count.type')
      .orderBy('count.topic')
      .addOrderBy('count.type')
      .limit(COUNTS_MAX)
      .getRawMany<TypeCount>();
  }

  private get rows() {
    return this.dataSource.getRepository(HistoryRow);
  }
}

export interface PageRequest {
  readonly topic: string;
  readonly partition: number;
  /** First offset. */
  readonly from: string;
  readonly limit: number;
}

export interface TypeCount {
  readonly topic: string;
  /** Empty for records that cannot be read. */
  readonly type: string;
  readonly records: number;
  readonly problems: number;
  readonly lastAppendedAt: Date;
}

function lastThatFits(sizes: readonly { offset: string; size: number }[]): string | undefined {
  let last: string | undefined;
  let total = 0;
  for (const { offset, size } of sizes) {
    total += size;
    if (last !== undefined && total > PAGE_SIZE_MAX_BYTES) return last;
    last = offset;
  }
  return last;
}
