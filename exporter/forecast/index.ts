import type { Forecaster } from './forecaster.ts';
import { runRate } from './run-rate.ts';

/** Every method, the default one first. */
export const FORECASTERS = [runRate] as const satisfies readonly Forecaster[];
