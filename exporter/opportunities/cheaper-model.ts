/** A vendor's dated name of a model: `-2024-08-06`, `-20250929`, `@20250929`, `-0613` (month and day). */
const DATE_SUFFIX = (() => {
  const year = '20\\d\\d';
  const month = '(?:0[1-9]|1[0-2])';
  const day = '(?:0[1-9]|[12]\\d|3[01])';
  return new RegExp(`^[-@](?:${year}-${month}-${day}|${year}${month}${day}|${month}${day})$`);
})();

export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/**
 * The configured cheaper model for `provider/model`. A key stands for its own name and the dated names of it, never
 * for another model that begins alike; of several keys the longest counts. Throws on a value without a provider.
 */
export function cheaperModel(
  cheaperModels: Readonly<Record<string, string>>,
  provider: string,
  model: string,
): ModelName | undefined {
  const name = `${provider}/${model}`;
  let longest = '';
  let cheaper: string | undefined;
  for (const [key, value] of Object.entries(cheaperModels)) {
    if (key.length <= longest.length || !name.startsWith(key)) continue;
    const rest = name.slice(key.length);
    if (rest !== '' && !DATE_SUFFIX.test(rest)) continue;
    longest = key;
    cheaper = value;
  }
  return cheaper === undefined ? undefined : modelName(longest, cheaper);
}

function modelName(key: string, value: string): ModelName {
  const slash = value.indexOf('/');
  if (slash < 1 || slash === value.length - 1) {
    throw new Error(`opportunities.cheaper_models[${key}]: got ${value}, expected provider/model`);
  }
  return { provider: value.slice(0, slash), model: value.slice(slash + 1) };
}
