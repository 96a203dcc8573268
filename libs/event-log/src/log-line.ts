/** Log function of an adapter: a constant message, variable parts as fields. Never keys, headers or values. */
export type LogLine = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export const silent: LogLine = () => {};
