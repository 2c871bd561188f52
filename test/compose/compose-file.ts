import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly user?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly network_mode?: string;
  readonly pid?: string;
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly mode: string;
}

/** YAML below the project's root, merge keys resolved. */
export function readYaml<T>(path: string): T {
  return parse(readFileSync(join(ROOT, path), 'utf8'), { merge: true }) as T;
}

export const compose = readYaml<{
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}>('docker-compose.yml');

export const services = Object.entries(compose.services);

export function mountsOf(service: Service): Mount[] {
  return (service.volumes ?? []).map((volume) => {
    const [source = '', target = '', mode = 'rw'] = volume.split(':');
    return { source, target, mode };
  });
}

/** Ports that the container listens on, published or only for its neighbours. */
export function containerPorts(service: Service): number[] {
  return [...(service.ports ?? []).map((port) => port.split(':').at(-1)), ...(service.expose ?? [])].map(
    Number,
  );
}
