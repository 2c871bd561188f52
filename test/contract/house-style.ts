import { basename } from 'node:path/posix';

/** One habit of the house. `seen` gives what is against it in a file, in a few words each. */
interface Habit {
  readonly name: string;
  readonly because: string;
  readonly appliesTo: (path: string) => boolean;
  readonly seen: (text: string, path: string) => readonly string[];
}

const MAX_LINES = 400;

const isTypeScript = (path: string) => path.endsWith('.ts');
const isIn =
  (...folders: readonly string[]) =>
  (path: string) =>
    isTypeScript(path) && folders.some((folder) => path.startsWith(`${folder}/`));
const isProduct = isIn('exporter', 'alert-rules', 'grafana-dashboards');
const isTest = isIn('test');

const matches =
  (pattern: RegExp) =>
  (text: string): readonly string[] =>
    [...text.matchAll(pattern)].map(([found]) => found.trim());

/** Comments do not count. */
const matchesInCode =
  (pattern: RegExp) =>
  (text: string): readonly string[] =>
    matches(pattern)(text.replaceAll(/^\s*\/?\*.*$|(^|\s)\/\/.*$/gm, ''));

/** Written in pieces, as this file is looked at too. */
const anyOf = (...pieces: readonly (readonly string[])[]) => pieces.map((piece) => piece.join('')).join('|');

const MACHINE_PATH = new RegExp(
  `(?<![\\w.\\-/}])(?:${anyOf(['/wo', 'rk/'], ['/ro', 'ot/'], ['/tm', 'p/'], ['/ho', 'me/\\w'])})`,
  'g',
);
const REGISTRY = new RegExp(
  anyOf(
    ['registry\\.npm', 'js\\.org'],
    ['registry\\.yarn', 'pkg'],
    ['\\bartifact', 'ory\\b'],
    ['\\bnexus', '\\.'],
    ['deb\\.debian', '\\.org'],
  ),
  'gi',
);

export const HABITS: readonly Habit[] = [
  {
    name: 'kebab-case names',
    because: 'a file is named for its main export, in one spelling on every file system',
    appliesTo: isTypeScript,
    seen: (_text, path) =>
      /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.ts$/.test(basename(path)) ? [] : [basename(path)],
  },
  {
    name: 'names that say something',
    because: 'what lands in such a file has nothing in common but that nobody knew where to put it',
    appliesTo: isTypeScript,
    seen: (_text, path) =>
      matches(/(^|\/|-)(utils?|helpers?|managers?|mappers?|common|misc)(?=[-./]|$)/g)(path),
  },
  {
    name: 'the clock, the environment and chance are arguments',
    because: 'only exporter/main.ts and scripts read them, so a test can bring its own',
    appliesTo: (path) => isProduct(path) && path !== 'exporter/main.ts',
    seen: matchesInCode(/\bDate\.now\b|\bnew Date\(\s*\)|\bprocess\.env\b|\bMath\.random\b/g),
  },
  {
    name: 'functions over frozen data in the domain',
    because: 'nouns have no identity and no lifecycle; an error is the one thing that must be a class',
    appliesTo: isIn('exporter/domain'),
    seen: (text) =>
      matchesInCode(/^.*\bclass \w+.*$/gm)(text).filter(
        (line) => !/\bclass \w+ extends \w*Error\b/.test(line),
      ),
  },
  {
    name: `at most ${MAX_LINES} lines`,
    because: 'a longer file does more than one thing',
    appliesTo: isIn('exporter'),
    seen: (text) => (text.split('\n').length - 1 > MAX_LINES ? [`${text.split('\n').length - 1} lines`] : []),
  },
  {
    name: 'no paths of one machine',
    because: 'the repository works wherever it is cloned',
    appliesTo: () => true,
    seen: matches(MACHINE_PATH),
  },
  {
    name: 'no package registry by name',
    because: 'where packages come from is a matter of the machine that installs them',
    appliesTo: () => true,
    seen: matches(REGISTRY),
  },
  {
    name: 'every test runs',
    because: 'a test that is left out goes unnoticed; one that lacks its real input says so by itself',
    appliesTo: isTest,
    seen: (text) => [
      ...matches(/\b(?:test|it|describe)(?:\.\w+)*\.(?:only|skip|todo|fails)\b/g)(text),
      ...matches(/\bcontext\.skip\(/g)(text).filter(() => !/console\.warn\(\s*[`'"]SKIPPED/.test(text)),
      ...matches(/\b(?:skipIf|runIf)\(/g)(text).filter(() => !/console\.warn\(\s*[`'"]SKIPPED/.test(text)),
    ],
  },
];

/** Everything against the habits, with the reason. `files`: text by path. */
export function offences(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    HABITS.filter((habit) => habit.appliesTo(path)).flatMap((habit) =>
      habit.seen(text, path).map((what) => `${path}: ${what} — ${habit.name}: ${habit.because}`),
    ),
  );
}
