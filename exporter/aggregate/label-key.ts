/** One text for a list of label values, another one for any other list: each value comes with its length. */
export function labelKey(labels: readonly string[]): string {
  let key = '';
  for (const label of labels) key += `${label.length} ${label}`;
  return key;
}
