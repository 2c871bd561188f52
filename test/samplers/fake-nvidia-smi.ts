import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const FIXTURES = join(import.meta.dirname, '../fixtures/nvidia-smi');

/**
 * `<name>.csv` or `<name>.exit<code>.csv` is the answer to `--query-gpu`; beside it may lie `<name>.list.txt` (`-L`),
 * `<name>.details.txt` (`-q`) and `<name>.rejects.txt` (fields that the driver does not know, one a line).
 */
export function fixtureNames(): string[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.csv'))
    .map((file) => file.slice(0, -'.csv'.length));
}

export interface FakeNvidiaSmi {
  readonly program: string;
  /** Replays that fixture from now on. */
  play(fixture: string): void;
  /** Writes its process id and hangs, from now on. */
  hang(): void;
  /** Writes more than anyone wants to read, from now on. */
  babble(): void;
  /** Command lines so far. */
  calls(): string[];
  /** Of the program that hangs. */
  hangingPid(): number | undefined;
}

/** An executable in a directory of its own that answers like nvidia-smi. */
export function fakeNvidiaSmi(fixture?: string): FakeNvidiaSmi {
  const dir = mkdtempSync(join(tmpdir(), 'fake-nvidia-smi-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const at = (name: string) => join(dir, name);
  const lines = (name: string) =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8').trim().split('\n') : [];

  writeFileSync(at('nvidia-smi'), SCRIPT, { mode: 0o755 });
  const play = (name: string) => writeFileSync(at('mode'), `play ${name} ${exitCodeOf(name)} ${FIXTURES}\n`);
  if (fixture) play(fixture);
  return {
    program: at('nvidia-smi'),
    play,
    hang: () => writeFileSync(at('mode'), 'hang\n'),
    babble: () => writeFileSync(at('mode'), 'babble\n'),
    calls: () => lines('calls'),
    hangingPid: () => (lines('pid')[0] ? Number(lines('pid')[0]) : undefined),
  };
}

function exitCodeOf(fixture: string): string {
  return /\.exit(\d+)$/.exec(fixture)?.[1] ?? '0';
}

const SCRIPT = `#!/bin/sh
dir=\${0%/*}
echo "$*" >> "$dir/calls"
read -r mode name code fixtures < "$dir/mode"
case $mode in
  hang) echo $$ > "$dir/pid"; exec sleep 3600 ;;
  babble) exec head -c 3000000 /dev/zero ;;
esac
base=$fixtures/\${name%.exit*}
case $1 in
  -L) [ -e "$base.list.txt" ] || { echo 'Insufficient Permissions'; exit 4; }; cat "$base.list.txt" ;;
  -q) cat "$base.details.txt" ;;
  --query-gpu=*)
    if [ -e "$base.rejects.txt" ]; then
      while read -r field; do
        case ",\${1#--query-gpu=}," in
          *",$field,"*) printf 'Field "%s" is not a valid field to query.\\n\\n' "$field"; exit 2 ;;
        esac
      done < "$base.rejects.txt"
    fi
    cat "$fixtures/$name.csv"
    exit "$code" ;;
esac
`;
