/** A fetch that sends what is meant for the provider to the stub; the caller's own idea of the address stays as it is. */
export function stubFetch(stubUrl: string): typeof fetch {
  return (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return fetch(`${stubUrl}${pathname}${search}`, init);
  };
}
