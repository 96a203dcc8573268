import type { PartitionEnds } from '@tiepsuc/event-log';
import { topicPartitionOf } from './logged-record.js';

/** How far a group has read one partition. */
export interface GroupPosition {
  readonly group_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: number;
}

/** What groups have not read yet of the topics that they read, in words. A partition that nobody ever claimed counts from 0. */
export function lagsOf(positions: readonly GroupPosition[], ends: readonly PartitionEnds[]): string[] {
  const next = new Map(positions.map((one) => [`${one.group_id} ${topicPartitionOf(one)}`, one.next_offset]));
  const readings = new Set(positions.map(({ group_id, topic }) => `${group_id} ${topic}`));
  return [...readings].flatMap((reading) => {
    const [group, topic] = reading.split(' ') as [string, string];
    const behind = ends
      .filter((end) => end.topic === topic)
      .reduce((sum, end) => sum + Number(end.next) - (next.get(`${group} ${topicPartitionOf(end)}`) ?? 0), 0);
    return behind === 0 ? [] : [`${group}: ${behind} of ${topic} not reacted to`];
  });
}
