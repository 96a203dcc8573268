/** The limit of what clients without a token may ask; filing and looking up count separately. */
export const PUBLIC_REQUESTS = { name: 'public-requests', perMinute: 30 } as const;
