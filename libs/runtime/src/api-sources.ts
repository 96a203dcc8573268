type AnyClass = abstract new (...args: never[]) => unknown;

/** What the doc comments of classes and of their members say. */
export interface ApiComments {
  of(declared: AnyClass, member?: string): ApiComment | undefined;
  /** Also what other fields of the same name mean. */
  ofField(declared: AnyClass, field: string): ApiComment | undefined;
}

export interface ApiComment {
  readonly text: string;
  readonly example?: string;
}

/** What a document is made from, besides the classes. */
export interface ApiSources {
  readonly comments: ApiComments;
  /** Values that fields of these names have in the golden samples. */
  readonly samples: ReadonlyMap<string, readonly unknown[]>;
}
