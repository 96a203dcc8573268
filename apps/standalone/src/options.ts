import { FIRST_PORT } from '@tiepsuc/services';
import { parseArgs } from 'node:util';

/** What this run was asked for. */
export interface Options {
  /** Streams the generated days of the hotline through the city. */
  readonly demo: boolean;
  /** Everything in a new folder that goes away at the end; with a demo, the city stops after it. */
  readonly throwAway: boolean;
  readonly requests: number;
  readonly seed: number;
  /** Another event log than the one in the embedded server. */
  readonly eventLog?: string;
  readonly folder: string;
  /** The first of the ports; see `ports.ts`. */
  readonly port: number;
  readonly help: boolean;
}

/** An option that is unknown or wrong; the message is for the person who typed it. */
export class UsageError extends Error {}

export const USAGE = `npm start -- [--demo] [--requests N] [--seed S] [--event-log URL] [--folder PATH] [--port N] [--throw-away]

  --demo            cho những ngày đầu của tổng đài chạy qua hệ thống / stream the hotline's first days through it
  --requests N      số yêu cầu của bản demo, mặc định 800 / requests of the demo
  --seed S          cùng một số thì cùng một kịch bản / the same number gives the same days
  --event-log URL   postgres://… hoặc/or kafka://máy:9092 thay cho nhật ký sự kiện kèm sẵn / instead of the built-in event log
  --folder PATH     nơi giữ dữ liệu, mặc định .tiepsuc / where everything is kept
  --port N          cổng đầu tiên, mặc định 10220 / the first port
  --throw-away      dữ liệu tạm, xóa khi dừng / data that is deleted at the end`;

const DEFAULTS = { requests: '800', seed: '1022', folder: '.tiepsuc', port: String(FIRST_PORT) } as const;
const REQUESTS_MAX = 200_000;
const SEED_MAX = 2 ** 31 - 1;
const PORT_MIN = 1_024;
/** The last service listens nine above the first. */
const PORT_MAX = 65_526;

/** Reads the command line. @throws UsageError */
export function readOptions(args: readonly string[]): Options {
  const values = parsed(args);
  const eventLog = values['event-log'];
  if (eventLog !== undefined && !/^(kafka|postgres(ql)?):\/\/./.test(eventLog)) {
    throw new UsageError('--event-log phải là kafka://… hoặc postgres://… / must be kafka://… or postgres://…');
  }
  const { folder = DEFAULTS.folder } = values;
  if (folder.trim() === '') throw new UsageError('--folder cần một đường dẫn / needs a path');
  return {
    demo: values.demo ?? false,
    throwAway: values['throw-away'] ?? false,
    requests: wholeNumber('--requests', values.requests ?? DEFAULTS.requests, { least: 1, most: REQUESTS_MAX }),
    seed: wholeNumber('--seed', values.seed ?? DEFAULTS.seed, { least: 0, most: SEED_MAX }),
    eventLog,
    folder,
    port: wholeNumber('--port', values.port ?? DEFAULTS.port, { least: PORT_MIN, most: PORT_MAX }),
    help: values.help ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        demo: { type: 'boolean' },
        'throw-away': { type: 'boolean' },
        requests: { type: 'string' },
        seed: { type: 'string' },
        'event-log': { type: 'string' },
        folder: { type: 'string' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} phải là số nguyên từ / must be a whole number from ${least} to ${most}`);
}
