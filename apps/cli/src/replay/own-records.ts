import { operationsTopic, eventOfType, type Envelope } from '@tiepsuc/contracts';

interface Parked {
  readonly parkingId?: string;
  readonly topic?: string;
}

/**
 * Which records are those of one service. On the audit topic every service writes; and of several processes that each
 * serve some offices, each has only the parkings of its own offices' topics. A parking's first record names the topic.
 */
export function ownRecords(service: string, offices: readonly string[] | undefined): (envelope: Envelope) => boolean {
  const others = new Set<string>();
  return ({ type, source, data }) => {
    if (eventOfType(type)?.topic !== operationsTopic) return true;
    if (source !== `/tiepsuc/${service}`) return false;
    const { parkingId = '', topic } = data as Parked;
    const office = /^relief\.office\.([a-z0-9-]+)\./.exec(topic ?? '')?.[1];
    if (office !== undefined && offices !== undefined && !offices.includes(office)) others.add(parkingId);
    return !others.has(parkingId);
  };
}
