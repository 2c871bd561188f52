/** `tenant/provider/model`; calls without a tenant are about `provider/model`. */
export function modelTarget(row: {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
}): string {
  return [row.tenantId, row.provider, row.model].filter((part) => part !== '').join('/');
}

/** `gpt-4o for acme`, in a sentence. */
export function modelPhrase(row: { readonly tenantId: string; readonly model: string }): string {
  return row.tenantId === '' ? row.model : `${row.model} for ${row.tenantId}`;
}
