import type { Meter } from '../domain/meters.ts';

export const RESOURCES = ['cpu', 'memory', 'gpu', 'storage', 'bandwidth', 'sandbox'] as const;
export type Resource = (typeof RESOURCES)[number];

/** A number of at least 0, exactly. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

interface Unit {
  /** Meter units in one of it, or in one of it held for a second. */
  readonly size: Fraction;
  /** Whether it is held for a time, which has to be given; else it has time in it, or needs none. */
  readonly isHeld: boolean;
}

interface Measure {
  readonly meter: Meter;
  readonly units: Readonly<Record<string, Unit>>;
}

const fraction = (numerator: number, denominator = 1): Fraction => ({
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});
const held = (numerator: number, denominator?: number): Unit => ({
  size: fraction(numerator, denominator),
  isHeld: true,
});
const whole = (numerator: number, denominator?: number): Unit => ({
  size: fraction(numerator, denominator),
  isHeld: false,
});

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const HOUR_SECONDS = 3600;
/** A month of 730 hours, as clouds bill storage. */
const MONTH_SECONDS = 730 * HOUR_SECONDS;

const BYTES: Readonly<Record<string, number>> = {
  bytes: 1,
  KiB: 2 ** 10,
  MiB: MIB,
  GiB: GIB,
  TiB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

const ofBytes = (unit: (bytes: number) => Unit): Record<string, Unit> =>
  Object.fromEntries(Object.entries(BYTES).map(([name, bytes]) => [name, unit(bytes)]));

const MINUTE_SECONDS = 60;

export const MEASURES: Readonly<Record<Resource, Measure>> = {
  cpu: {
    meter: 'cpu_core_millisecond',
    units: {
      cores: held(1000),
      millicores: held(1),
      core_seconds: whole(1000),
      core_hours: whole(1000 * HOUR_SECONDS),
    },
  },
  memory: {
    meter: 'memory_mib_second',
    units: {
      ...ofBytes((bytes) => held(bytes, MIB)),
      gib_seconds: whole(1024),
      gib_hours: whole(1024 * HOUR_SECONDS),
      gb_hours: whole(1e9 * HOUR_SECONDS, MIB),
    },
  },
  gpu: {
    meter: 'gpu_millisecond',
    units: { gpus: held(1000), gpu_seconds: whole(1000), gpu_hours: whole(1000 * HOUR_SECONDS) },
  },
  storage: {
    meter: 'storage_mib_minute',
    units: {
      ...ofBytes((bytes) => held(bytes, MIB * MINUTE_SECONDS)),
      gib_hours: whole((1024 * HOUR_SECONDS) / MINUTE_SECONDS),
      gib_months: whole((1024 * MONTH_SECONDS) / MINUTE_SECONDS),
      gb_months: whole((1e9 * MONTH_SECONDS) / MINUTE_SECONDS, MIB),
    },
  },
  bandwidth: { meter: 'network_byte', units: ofBytes((bytes) => whole(bytes)) },
  sandbox: {
    meter: 'sandbox_millisecond',
    units: {
      sandboxes: held(1000),
      sandbox_seconds: whole(1000),
      sandbox_hours: whole(1000 * HOUR_SECONDS),
    },
  },
};

/** The decimal number that a JSON number was written as, or its shortest spelling: 0.1 is a tenth. */
export function exactly(value: number): Fraction {
  const [, digits = '', decimals = '', exponent = '0'] =
    /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const tens = Number(exponent) - decimals.length;
  const numerator = BigInt(digits + decimals);
  return tens >= 0
    ? { numerator: numerator * 10n ** BigInt(tens), denominator: 1n }
    : { numerator, denominator: 10n ** BigInt(-tens) };
}

/** The product as a whole number, rounded once, half up. */
export function wholeProduct(...factors: readonly Fraction[]): bigint {
  let numerator = 1n;
  let denominator = 1n;
  for (const factor of factors) {
    numerator *= factor.numerator;
    denominator *= factor.denominator;
  }
  return (2n * numerator + denominator) / (2n * denominator);
}
