interface Chance {
  randomUUID?: () => string;
  getRandomValues?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
}

/** 128 random bits. `crypto.randomUUID` is only there on pages that came by https or from localhost. */
export function randomId(): string {
  const { crypto } = globalThis as { crypto?: Chance };
  if (crypto?.randomUUID) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  if (crypto?.getRandomValues) crypto.getRandomValues(bytes);
  else
    bytes.forEach((_, at) => {
      bytes[at] = Math.floor(Math.random() * 256);
    });
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
