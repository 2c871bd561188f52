import type { GpuHolder } from '../../domain/reading.ts';

export interface DcgmDevice {
  readonly index: string;
  readonly uuid: string;
  readonly model: string;
  readonly hostname: string;
  /** Of a MIG instance. The UUID is that of its GPU. */
  readonly instance: { readonly id: string; readonly profile: string } | undefined;
}

type Labels = ReadonlyMap<string, string>;

/** What a line is about; undefined where it does not say which GPU. */
export function deviceOf(labels: Labels): DcgmDevice | undefined {
  const index = labels.get('gpu') ?? '';
  const uuid = name(labels, 'UUID', 'uuid');
  if (!/^\d{1,6}$/.test(index) || uuid === '') return undefined;
  const id = name(labels, 'GPU_I_ID');
  return {
    index,
    uuid,
    model: name(labels, 'modelName'),
    // Written with a small letter since May 2026.
    hostname: name(labels, 'hostname', 'Hostname'),
    instance: id === '' ? undefined : { id, profile: name(labels, 'GPU_I_PROFILE') },
  };
}

/**
 * The container that has the device, if the line says so. Behind a Prometheus the labels are `exported_…`, and those
 * without are about dcgm-exporter itself, which holds no GPU.
 */
export function holderOf(labels: Labels): GpuHolder | undefined {
  const prefix = name(labels, 'exported_pod') === '' ? '' : 'exported_';
  const pod = name(labels, `${prefix}pod`);
  if (pod === '' || /^(nvidia-)?dcgm-exporter\b/.test(pod)) return undefined;
  return {
    namespace: name(labels, `${prefix}namespace`),
    pod,
    container: name(labels, `${prefix}container`),
  };
}

/** The first of the labels that has a text which can be a name. */
function name(labels: Labels, ...keys: readonly string[]): string {
  for (const key of keys) {
    const text = labels.get(key) ?? '';
    if (text !== '' && text.length <= 256 && !/\p{Cc}/u.test(text)) return text;
  }
  return '';
}
