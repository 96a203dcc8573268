/** One thing that must hold, with the figure it was judged by. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly figure: string;
}

export function check(name: string, ok: boolean, figure: string | number): Check {
  return { name, ok, figure: String(figure) };
}

/** Names at most five culprits. */
export function listed(culprits: readonly string[]): string {
  const more = culprits.length > 5 ? ` and ${culprits.length - 5} more` : '';
  return culprits.length === 0 ? 'none' : `${culprits.length}: ${culprits.slice(0, 5).join(', ')}${more}`;
}

/** The page that a run ends with. */
export function page(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.map(({ name, ok, figure }) => `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${figure}`).join('\n');
}
