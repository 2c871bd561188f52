/** Every sample of an exposition text by its series (name and labels as printed). */
export function samples(exposition: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    found.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return found;
}

/** The `llm_*_total` series that count usage (what the ledger keeps), not the exporter's own counters. */
export function usageCounters(exposition: string): Map<string, number> {
  return new Map(
    [...samples(exposition)].filter(([series]) => /^llm_(?!cost_exporter_)\w+_total(\{|$)/.test(series)),
  );
}
