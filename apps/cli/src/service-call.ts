import { CliError } from './cli-error.js';
import type { Options } from './options.js';
import type { Terminal } from './terminal.js';

const TIMEOUT_MS = 60_000;

/** Calls the HTTP API of a service: `--url` says where, `--token` or TIEPSUC_TOKEN who asks. */
export class ServiceCall {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly signal: AbortSignal,
  ) {}

  static with(options: Options, terminal: Terminal): ServiceCall {
    const url = options.required('url').replace(/\/+$/, '');
    if (!/^https?:\/\/[^\s]+$/.test(url))
      throw new CliError('--url must be the address of a service, http://… or https://….');
    return new ServiceCall(url, options.requiredOrEnv('token', 'TIEPSUC_TOKEN', terminal), terminal.signal);
  }

  get<Answer>(path: string): Promise<Answer> {
    return this.send<Answer>(path, { method: 'GET' });
  }

  post<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.send<Answer>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** @throws CliError with what the service said, or that it could not be reached. */
  private async send<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const answer = await this.fetch(path, init);
    const text = await answer.text();
    if (answer.ok) return (text === '' ? undefined : parsed(text)) as Answer;
    const { title, detail, code, remedy } = (parsed(text) ?? {}) as Record<string, string | undefined>;
    const said = [detail ?? title ?? 'it gave no reason', remedy].filter(Boolean).join(' ');
    throw new CliError(`The service answered with ${answer.status}${code ? ` (${code})` : ''}: ${said}`, 1);
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.token}`, 'accept-language': 'en' };
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      return await fetch(this.url + path, { ...init, headers, signal });
    } catch (error) {
      if (this.signal.aborted) throw new CliError('Interrupted.', 130, { cause: error });
      throw new CliError('The service could not be reached at the address that --url gives.', 1, { cause: error });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
