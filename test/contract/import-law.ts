import { dirname, join } from 'node:path/posix';

const STAGES = [
  'ingest',
  'pricing',
  'ledger',
  'aggregate',
  'samplers',
  'budgets',
  'forecast',
  'anomalies',
  'opportunities',
  'bills',
  'publish',
].map((name) => `exporter/${name}`);
const CATALOGUE = 'exporter/publish/catalogue.ts';

interface Rule {
  /** Units, or single files, beside the unit itself. */
  readonly may: readonly string[];
  readonly because: string;
}

/** What each unit (a folder of the exporter, a file beside them, a top-level folder) may import. */
const LAW: Readonly<Record<string, Rule>> = {
  'exporter/domain': {
    may: [],
    because: 'the nouns of the project stand on nothing, so everything can stand on them',
  },
  ...Object.fromEntries(
    STAGES.map((stage) => [
      stage,
      {
        may: ['exporter/domain'],
        because:
          'a stage knows the domain and no other stage; the app wires them, so each can be replaced by itself',
      },
    ]),
  ),
  'exporter/config': {
    may: ['exporter/domain'],
    because: 'the configuration is read before anything else exists',
  },
  'exporter/app': {
    may: [...STAGES, 'exporter/domain', 'exporter/config'],
    because: 'the app wires the stages and knows neither HTTP nor the process around it',
  },
  'exporter/server': {
    may: ['exporter/app', 'exporter/domain', 'exporter/publish', 'exporter/web'],
    because:
      'the HTTP edge talks to the app and writes its exposition; what the stages do is not its business',
  },
  'exporter/cli': {
    may: ['exporter/app', 'exporter/config', 'exporter/domain', 'exporter/publish'],
    because: 'a command is a thin edge, as the server is: it asks the app and writes what it answers',
  },
  'exporter/web': { may: ['exporter/domain'], because: 'a page shows nouns that it is given' },
  'exporter/logfmt.ts': { may: ['exporter/domain'], because: 'a log line is text; it implements the port' },
  'exporter/main.ts': {
    may: [
      'exporter/app',
      'exporter/cli',
      'exporter/config',
      'exporter/domain',
      'exporter/server',
      'exporter/logfmt.ts',
    ],
    because: 'the process edge starts the app and its server and reaches past neither',
  },
  'alert-rules': {
    may: [CATALOGUE],
    because: 'rules rely on published names only, never on how they are made',
  },
  'grafana-dashboards': {
    may: [CATALOGUE],
    because: 'dashboards rely on published names only, never on how they are made',
  },
  client: {
    may: [],
    because: 'it runs in the processes and pages of others, which have nothing of the exporter',
  },
};
/** They may import anything of ours. */
const LAWLESS = ['scripts', 'test', 'vitest.config.ts'];

export interface Packages {
  readonly dependencies: readonly string[];
}

/** Every import against the law, with its reason. `files`: TypeScript by path. */
export function violations(files: ReadonlyMap<string, string>, { dependencies }: Packages): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    const unit = unitOf(path);
    if (LAWLESS.includes(unit)) continue;
    const rule = LAW[unit];
    if (!rule) {
      found.push(`${path}: ${unit} is not in the import law: say what it may import, and why`);
      continue;
    }
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith('.')) {
        const reason = foreignProblem(unit, specifier, dependencies);
        if (reason) found.push(`${path} imports ${specifier}: ${reason}`);
        continue;
      }
      const target = join(dirname(path), specifier);
      const targetUnit = unitOf(target);
      if (targetUnit === unit || rule.may.includes(targetUnit) || rule.may.includes(target)) continue;
      const allowed = rule.may.length === 0 ? 'nothing of ours' : rule.may.join(', ');
      found.push(`${path} imports ${target}: ${unit} may import ${allowed}, because ${rule.because}`);
    }
  }
  return found;
}

function foreignProblem(
  unit: string,
  specifier: string,
  dependencies: readonly string[],
): string | undefined {
  if (unit === 'exporter/domain') return 'the domain imports nothing at all, because it is pure arithmetic';
  if (unit === 'client') return 'the client imports nothing at all, as it runs where nothing else is';
  if (!unit.startsWith('exporter/') || specifier.startsWith('node:')) return undefined;
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (dependencies.includes(name)) return undefined;
  return 'it is not among the dependencies, so an installation for production lacks it';
}

/** Circles of files that load each other, each as the path around it; types are not loaded. `files`: text by path. */
export function fileCycles(files: ReadonlyMap<string, string>): string[] {
  const loaded = new Map([...files].map(([path, text]) => [path, text.replaceAll(TYPE_IMPORT, '')]));
  return cyclesOf(edgesBetween(loaded, (path) => path));
}

/** Circles among units, types and all. */
export function unitCycles(files: ReadonlyMap<string, string>): string[] {
  return cyclesOf(edgesBetween(files, unitOf));
}

/** `exporter/ledger` of `exporter/ledger/sqlite/worker.ts`; `exporter/main.ts`; `alert-rules`. */
function unitOf(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, parts[0] === 'exporter' ? 2 : 1).join('/');
}

const TYPE_IMPORT = /^\s*(?:import|export)\s+type\s[^;'"]*?from\s*['"][^'"]+['"]/gms;
const IMPORTS = [
  /^\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]/gms,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]/g,
];

/** Module specifiers, those of worker threads too. */
function importsOf(text: string): string[] {
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]!));
}

function edgesBetween(
  files: ReadonlyMap<string, string>,
  nodeOf: (path: string) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const edges = new Map<string, Set<string>>();
  for (const [path, text] of files) {
    const from = nodeOf(path);
    const targets = edges.get(from) ?? new Set();
    edges.set(from, targets);
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith('.')) continue;
      const to = nodeOf(join(dirname(path), specifier));
      if (to !== from) targets.add(to);
    }
  }
  return edges;
}

function cyclesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, trail: readonly string[]): void => {
    const at = trail.indexOf(node);
    if (at >= 0) {
      found.push([...trail.slice(at), node].join(' → '));
      return;
    }
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) walk(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) walk(node, []);
  return found;
}
