import type { LogLine } from '@tiepsuc/event-log';

/** Writes what the libraries report to the process's output, which its parent keeps in a file. */
export const sayLine: LogLine = (level, message, fields) =>
  void process.stdout.write(
    `${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields ?? {}, (_, value: unknown) => (value instanceof Error ? String(value) : value))}\n`,
  );
