import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError } from '../domain/errors.ts';
import { describeIssue, type YamlFile } from './describe-issue.ts';
import { type Config, configSchema } from './schema.ts';

/** A setting from the command line or the environment. It wins over the file. */
export interface Override {
  readonly field: 'listen' | 'data_dir';
  readonly value: string;
  /** The flag or variable that it comes from. */
  readonly from: string;
}

/**
 * The configuration from a YAML file, if there is one, with overrides on top.
 * Throws `ConfigError` with one line for every mistake: file and line (or flag), field, what is expected, what is there.
 */
export function loadConfig(path: string | undefined, overrides: readonly Override[]): Config {
  const file = path === undefined ? undefined : readYaml(path);
  const content = file ? contentOf(file) : {};
  const settings = isMapping(content)
    ? { ...content, ...Object.fromEntries(overrides.map(({ field, value }) => [field, value])) }
    : content;
  const result = configSchema.safeParse(settings, { reportInput: true });
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.flatMap((issue) => describeIssue(issue, file, overrides)));
}

function readYaml(path: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${path}: cannot be read: ${(error as Error).message}`]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length === 0) return { path, document, lines };
  throw new ConfigError(
    mistakes.map(({ pos, message }) => `${path}:${lines.linePos(pos[0]).line}: not YAML: ${message}`),
  );
}

/** An empty file is an empty mapping. */
function contentOf({ path, document }: YamlFile): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new ConfigError([`${path}: not YAML: ${(error as Error).message}`]);
  }
}

function isMapping(content: unknown): content is Record<string, unknown> {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}
