/** How an adapter speaks: the message is a constant, what varies is in the fields. Never keys, headers or values. */
export type LogLine = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export const silent: LogLine = () => {};
