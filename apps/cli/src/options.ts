import { parseArgs } from 'node:util';
import { CliError } from './cli-error.js';
import type { Terminal } from './terminal.js';

/** How an option is written: its value is a text, or it is only there or not. */
export type OptionKinds = Readonly<Record<string, 'text' | 'flag'>>;

/** The options and other words of a command line. @throws CliError for an option that the command does not have. */
export class Options {
  private constructor(
    private readonly values: Readonly<Record<string, string | boolean | undefined>>,
    readonly words: readonly string[],
  ) {}

  static read(args: readonly string[], kinds: OptionKinds): Options {
    const options = Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [name, { type: kind === 'text' ? 'string' : 'boolean' } as const]),
    );
    try {
      const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
      return new Options(values as Record<string, string | boolean | undefined>, positionals);
    } catch (error) {
      throw new CliError(firstSentence(error), 2, { cause: error });
    }
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  has(name: string): boolean {
    return this.values[name] === true;
  }

  /** @throws CliError when it is absent. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new CliError(`Give --${name}.`);
    return value;
  }

  /** From the command line, or from the environment, where secrets are not shown to everyone who lists processes. */
  requiredOrEnv(name: string, variable: string, { env }: Terminal): string {
    const value = this.text(name) ?? env[variable];
    if (!value) throw new CliError(`Give --${name}, or set ${variable}.`);
    return value;
  }

  list(name: string): string[] | undefined {
    return this.text(name)
      ?.split(',')
      .map((one) => one.trim())
      .filter(Boolean);
  }
}

function firstSentence(error: unknown): string {
  const [sentence = 'the options cannot be read'] = (error instanceof Error ? error.message : String(error)).split(
    '. ',
  );
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
