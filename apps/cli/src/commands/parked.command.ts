import { CliError } from '../cli-error.js';
import { columns } from '../columns.js';
import type { Command } from '../command.js';
import { Options } from '../options.js';
import { ServiceCall } from '../service-call.js';

interface ParkedKey {
  readonly groupId: string;
  readonly key: string;
  readonly topic: string;
  readonly reason: string;
  readonly detail: string;
  readonly attempts: number;
  readonly waiting: number;
  readonly first?: string;
  readonly parkedAt: string;
}

interface Redriven {
  readonly outcome: 'redriven' | 'still-parked';
  readonly handled: number;
  readonly reason?: string;
  readonly detail?: string;
}

const KINDS = {
  url: 'text',
  token: 'text',
  group: 'text',
  key: 'text',
  first: 'text',
  reason: 'text',
  json: 'flag',
} as const;

export const parked: Command = {
  name: 'parked',
  usage: [
    'parked [list] --url http://… [--json]',
    'parked redrive --url http://… --group <group> --key <key>',
    'parked skip --url http://… --group <group> --key <key> --first <number> --reason <code>',
  ],
  meaning: 'What a service could not handle: look at it, handle it again, or skip its first record.',
  async run(args, terminal) {
    const options = Options.read(args, KINDS);
    const [action = 'list'] = options.words;
    const call = ServiceCall.with(options, terminal);
    const ref = () => ({ groupId: options.required('group'), key: options.required('key') });
    switch (action) {
      case 'list':
        return list(call, options, terminal.print);
      case 'redrive':
        return redrive(call, ref(), terminal.print);
      case 'skip':
        await call.post('/operations/parked/skip', {
          ...ref(),
          first: options.required('first'),
          reason: options.required('reason'),
        });
        terminal.print('Skipped the first record that waited. What follows it waits until it is re-driven.');
        return 0;
      default:
        throw new CliError('parked can do: list, redrive, skip.');
    }
  },
};

async function list(call: ServiceCall, options: Options, print: (line: string) => void): Promise<0> {
  const { items: keys } = await call.get<{ items: ParkedKey[] }>('/operations/parked');
  if (options.has('json')) print(JSON.stringify(keys, undefined, 2));
  else if (keys.length === 0) print('Nothing is parked.');
  else {
    const rows = keys.map(({ groupId, key, waiting, first, reason, detail, attempts, parkedAt, topic }) => [
      groupId,
      key,
      String(waiting),
      first ?? '',
      String(attempts),
      parkedAt,
      topic,
      `${reason}: ${detail}`,
    ]);
    columns([['group', 'key', 'waiting', 'first', 'attempts', 'since', 'topic', 'why'], ...rows]).forEach(print);
  }
  return 0;
}

async function redrive(call: ServiceCall, ref: object, print: (line: string) => void): Promise<0 | 1> {
  const { outcome, handled, reason, detail } = await call.post<Redriven>('/operations/parked/redrive', ref);
  if (outcome === 'redriven') {
    print(`Handled ${handled} records; the key flows again.`);
    return 0;
  }
  print(`Handled ${handled} records; the next one cannot be handled (${reason}: ${detail}), so the key stays parked.`);
  return 1;
}
