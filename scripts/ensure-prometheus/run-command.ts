import { spawn } from 'node:child_process';

/** Runs a program to its end and answers its stdout. Throws with its stderr when it fails or is not there. */
export function runCommand(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let problems = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      problems += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else
        reject(new Error(`${program} ${args.join(' ')}: exit code ${code}: ${problems.trim().slice(-500)}`));
    });
  });
}
