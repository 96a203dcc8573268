import { columns } from '../columns.js';
import type { Command } from '../command.js';
import { Options } from '../options.js';
import { ServiceCall } from '../service-call.js';

interface LocalizedText {
  readonly vi: string;
  readonly en: string;
}

interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

interface Timeline {
  readonly entries: readonly {
    readonly time: string;
    readonly title: LocalizedText;
    readonly source: string;
    readonly actor: string;
    readonly office?: string;
    readonly sequence: number;
    readonly eventId: string;
    readonly place: Position;
  }[];
  readonly findings: readonly { readonly kind: string; readonly message: LocalizedText; readonly place: Position }[];
  readonly isWhole: boolean;
  readonly isCut: boolean;
}

export const timeline: Command = {
  name: 'timeline',
  usage: ['timeline --case <id> --url http://… [--json]'],
  meaning: 'What happened to a case, as the audit service knows it; ends with 1 when its records are not whole.',
  async run(args, terminal) {
    const options = Options.read(args, { case: 'text', url: 'text', token: 'text', json: 'flag' });
    const caseId = options.required('case');
    const found = await ServiceCall.with(options, terminal).get<Timeline>(
      `/cases/${encodeURIComponent(caseId)}/timeline`,
    );
    if (options.has('json')) terminal.print(JSON.stringify(found, undefined, 2));
    else lines(found).forEach(terminal.print);
    return found.isWhole ? 0 : 1;
  },
};

function lines({ entries, findings, isCut, isWhole }: Timeline): string[] {
  const rows = entries.map(({ time, title, source, office, actor, sequence, eventId, place }) => [
    time,
    `${title.vi} / ${title.en}`,
    office ?? source,
    actor,
    String(sequence),
    eventId,
    text(place),
  ]);
  return [
    ...columns([['recorded', 'what', 'where', 'who', 'no.', 'event', 'place'], ...rows]),
    ...findings.map(({ kind, message, place }) => `! ${kind} at ${text(place)}: ${message.vi} / ${message.en}`),
    ...(isCut ? ['There is more; page through GET /history for the rest.'] : []),
    isWhole
      ? `${entries.length} events; the record of them is whole.`
      : `${entries.length} events; the record of them is NOT whole.`,
  ];
}

function text({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`;
}
