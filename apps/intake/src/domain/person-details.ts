/** The personal details that the vault keeps of one person. Their names may be told, their content never. */
export const PERSON_FIELDS = ['name', 'phone', 'email', 'webhookUrl', 'address', 'description'] as const;
export type PersonField = (typeof PERSON_FIELDS)[number];

/** `phone` is E.164; `address` and `description` are texts as they were given. */
export type PersonDetails = { readonly [Field in PersonField]?: string };
