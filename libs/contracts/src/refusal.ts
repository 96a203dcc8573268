/**
 * A decision's "no": asking again will not help. Over HTTP it becomes a problem document with status 409
 * or 422; in a reaction it parks the case. `code` is one of the service's refusal codes and never changes.
 */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: { readonly status?: 403 | 404 | 409 | 412 | 422; readonly field?: string } = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
