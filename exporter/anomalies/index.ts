export { AnomalyLog, type Seen, type SeverityCounts } from './anomaly-log.ts';
export { causeOf } from './cause.ts';
export type { CauseEvidence } from './cause-evidence.ts';
export { comparableWindows } from './comparable-windows.ts';
export { type ExpectationOptions, expectationOf, WINDOW_HOURS } from './expectation.ts';
export { severityOf } from './severity.ts';
export { windowNow } from './window-now.ts';
