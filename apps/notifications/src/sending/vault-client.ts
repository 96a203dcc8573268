import { CODE_PATTERN, type DeliveryChannel } from '@tiepsuc/contracts';
import { failureCode } from './failure-code.js';

const TIMEOUT_MS = 5_000;
const ADDRESS_MAX_CHARS = 2_048;
const FIELD_OF_CHANNEL = { sms: 'phone', email: 'email', webhook: 'webhookUrl' } as const;

export interface VaultClientOptions {
  readonly intakeUrl: string;
  /** Gives an access token of this service. */
  readonly token: () => Promise<string>;
}

export interface Addressee {
  readonly personRef: string;
  readonly caseId: string;
  readonly channel: DeliveryChannel;
}

/** What the vault says: an address, that none is kept (any more), or that this one may not be read. */
export type AddressAnswer =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly detail: string };

/** The vault does not answer, or does not let us in: no single message is at fault, and all have to wait. */
export class VaultUnavailable extends Error {
  constructor(readonly detail: string) {
    super('the vault gives no addresses');
    this.name = 'VaultUnavailable';
  }
}

/** Reads addresses from intake's vault, which remembers every act of reading. */
export class VaultClient {
  constructor(private readonly options: VaultClientOptions) {}

  /** The address to reach a person at. @throws VaultUnavailable when none can be had of anyone now */
  async addressOf({ personRef, caseId, channel }: Addressee, signal: AbortSignal): Promise<AddressAnswer> {
    const field = FIELD_OF_CHANNEL[channel];
    const { status, body } = await this.ask({ personRef, caseId, purpose: 'notify', fields: [field] }, signal);
    if (status === 200) {
      const { fields } = body as { fields?: Record<string, unknown> };
      const address = fields?.[field];
      const isUsable = typeof address === 'string' && address !== '' && address.length <= ADDRESS_MAX_CHARS;
      return isUsable ? { kind: 'address', address } : { kind: 'none' };
    }
    const code = codeIn(body);
    if (code === 'no-such-person') return { kind: 'none' };
    const detail = `VAULT_${status}${code === undefined ? '' : `_${code}`}`;
    if (status === 400 || status === 422 || code === 'reveal-not-allowed') return { kind: 'refused', detail };
    throw new VaultUnavailable(detail);
  }

  private async ask(asked: object, signal: AbortSignal): Promise<{ status: number; body: object }> {
    try {
      const answer = await fetch(`${this.options.intakeUrl.replace(/\/+$/, '')}/vault/reveal`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await this.options.token()}`, 'content-type': 'application/json' },
        body: JSON.stringify(asked),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      const body: unknown = await answer.json();
      return { status: answer.status, body: typeof body === 'object' && body !== null ? body : {} };
    } catch (error) {
      throw new VaultUnavailable(failureCode(error));
    }
  }
}

function codeIn(body: object): string | undefined {
  const { code } = body as { code?: unknown };
  return typeof code === 'string' && CODE_PATTERN.test(code) ? code : undefined;
}
