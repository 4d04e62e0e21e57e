/** Loads at the first call and remembers; a load that failed is tried again at the next. */
export interface Once<T> {
  (): Promise<T>;
  /** The load, if there was a call; else undefined. */
  begun(): Promise<T> | undefined;
}

export function once<T>(load: () => Promise<T>): Once<T> {
  let loaded: Promise<T> | undefined;
  const get = () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return Object.assign(get, { begun: () => loaded });
}
