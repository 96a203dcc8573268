/** class-transformer keeps what `@Type` says in a place for which it publishes no types. */
declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: {
    findTypeMetadata(
      target: object,
      property: string,
    ): { typeFunction: () => new (...args: never[]) => object } | undefined;
  };
}
