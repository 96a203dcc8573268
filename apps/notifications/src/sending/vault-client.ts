import { CODE_PATTERN, type DeliveryChannel } from '@tiepsuc/contracts';
import { failureCode } from './failure-code.js';

const TIMEOUT_MS = 10_000;
const ADDRESS_MAX_CHARS = 2_048;
/** Maximum persons per request to the vault. */
export const ADDRESSES_MAX = 256;
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

/**
 * What the vault says of one person: an address, that none is kept (any more), or by a code that it is withheld,
 * because it may not or cannot be read. That concerns nobody else, even if it is said of everyone.
 */
export type AddressAnswer =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'withheld'; readonly detail: string };

/** The vault does not answer, or does not let us in: no single message is at fault, and all have to wait. */
export class VaultUnavailable extends Error {
  constructor(readonly detail: string) {
    super('the vault gives no addresses');
    this.name = 'VaultUnavailable';
  }
}

interface Asked {
  readonly personRef: string;
  readonly caseId: string;
  readonly fields: readonly [(typeof FIELD_OF_CHANNEL)[DeliveryChannel]];
}

/** Reads addresses from intake's vault, which remembers every act of reading. */
export class VaultClient {
  constructor(private readonly options: VaultClientOptions) {}

  /**
   * Where to reach the persons, in their order, with one question to the vault, which is asked once for who is named
   * several times. At most 256 of them. @throws VaultUnavailable when the vault does not answer the question
   */
  async addressesOf(addressees: readonly Addressee[], signal: AbortSignal): Promise<AddressAnswer[]> {
    const asked = new Map<string, Asked>();
    const names = addressees.map(({ personRef, caseId, channel }) => {
      const field = FIELD_OF_CHANNEL[channel];
      const name = `${personRef}/${caseId}/${field}`;
      asked.set(name, { personRef, caseId, fields: [field] });
      return name;
    });
    const persons = await this.ask([...asked.values()], signal);
    const answers = new Map([...asked.keys()].map((name, n) => [name, answerIn(persons[n], asked.get(name) as Asked)]));
    return names.map((name) => answers.get(name) as AddressAnswer);
  }

  private async ask(persons: readonly Asked[], signal: AbortSignal): Promise<unknown[]> {
    const { status, body } = await this.post({ persons }, signal);
    const { persons: answered } = body as { persons?: unknown };
    if (status === 200 && Array.isArray(answered) && answered.length === persons.length) return answered;
    const code = codeIn(body);
    throw new VaultUnavailable(`VAULT_${status}${code === undefined ? '' : `_${code}`}`);
  }

  private async post(asked: object, signal: AbortSignal): Promise<{ status: number; body: object }> {
    try {
      const answer = await fetch(`${this.options.intakeUrl.replace(/\/+$/, '')}/vault/reveal-many`, {
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

function answerIn(person: unknown, { personRef, fields: [field] }: Asked): AddressAnswer {
  const answer = (typeof person === 'object' && person !== null ? person : {}) as Record<string, unknown>;
  const code = codeIn(answer);
  if (code === 'person-unknown') return { kind: 'none' };
  // Another person's answer must never become this person's address.
  if (code !== undefined || answer['personRef'] !== personRef) {
    return { kind: 'withheld', detail: `VAULT_${code ?? 'other-person'}` };
  }
  const address = (answer['fields'] as Record<string, unknown> | undefined)?.[field];
  const isUsable = typeof address === 'string' && address !== '' && address.length <= ADDRESS_MAX_CHARS;
  return isUsable ? { kind: 'address', address } : { kind: 'none' };
}

function codeIn(body: object): string | undefined {
  const { code } = body as { code?: unknown };
  return typeof code === 'string' && CODE_PATTERN.test(code) ? code : undefined;
}
