import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '../domain/errors.ts';
import { type Config, configSchema } from './schema.ts';

/** What the command line and the environment may set; each wins over the file. */
export interface Overrides {
  readonly listen?: string | undefined;
  readonly dataDir?: string | undefined;
}

/**
 * The configuration from a YAML file, if there is one, with overrides on top.
 * Throws `ConfigError` with one line for every mistake: file, line, field, what is there, what is expected.
 */
export function loadConfig(path: string | undefined, overrides: Overrides): Config {
  const file = path === undefined ? undefined : readYaml(path);
  const content = file?.document.toJS() ?? {};
  const settings = isMapping(content)
    ? {
        ...content,
        ...(overrides.listen !== undefined && { listen: overrides.listen }),
        ...(overrides.dataDir !== undefined && { data_dir: overrides.dataDir }),
      }
    : content;
  const result = configSchema.safeParse(settings, { reportInput: true });
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => describe(issue, file)));
}

interface YamlFile {
  readonly path: string;
  readonly document: ReturnType<typeof parseDocument>;
  readonly lines: LineCounter;
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
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(
        (error) => `${path}:${lines.linePos(error.pos[0]).line}: not YAML: ${error.message}`,
      ),
    );
  }
  return { path, document, lines };
}

function describe(issue: z.core.$ZodIssue, file: YamlFile | undefined): string {
  const field = issue.path.map(String).join('.') || 'the whole file';
  const got =
    issue.input === undefined || typeof issue.input === 'object'
      ? ''
      : `, got ${JSON.stringify(issue.input)}`;
  return `${place(issue, file)}${field}: ${issue.message}${got}`;
}

function place(issue: z.core.$ZodIssue, file: YamlFile | undefined): string {
  if (!file) return '';
  const path = issue.path as (string | number)[];
  const node = path.length > 0 && file.document.getIn(path, true);
  const range = (node as { range?: [number, number, number] } | undefined)?.range;
  return range ? `${file.path}:${file.lines.linePos(range[0]).line}: ` : `${file.path}: `;
}

function isMapping(content: unknown): content is Record<string, unknown> {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}
