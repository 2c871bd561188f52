import { DAY, type Firing, HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, up } from '../lib/series.ts';
import { flat } from '../lib/values.ts';

const info = (labels: Record<string, string> = {}) => scraped('llm_cost_exporter_build_info', labels);

const firing = (labels: Record<string, string>, description: string): Firing => ({
  labels,
  summary: 'llm-cost-exporter is not being scraped',
  description,
});
const targetDown = (job: string, instance: string) =>
  firing({ job, instance }, `Target ${instance} of job ${job} does not answer, another one does.`);
const jobDown = (job: string) =>
  firing(
    { job },
    `No target of job ${job} serves the exporter any more: costs and budgets are not being watched.`,
  );
const NONE = firing(
  {},
  'No target of this Prometheus serves the exporter: costs and budgets are not being watched.',
);

export function exporterDownCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'for a job whose only target does not answer, and for one of two replicas, under any job name',
      input: 'minutes',
      series: {
        [up({ job: 'single' })]: '1x9 0x20',
        [info({ job: 'single' })]: '1x9 stale',
        [up({ job: 'pair', instance: 'a:10464' })]: '1x9 0x20',
        [info({ job: 'pair', instance: 'a:10464' })]: '1x9 stale',
        [up({ job: 'pair', instance: 'b:10464' })]: flat(1, 31),
        [info({ job: 'pair', instance: 'b:10464' })]: flat(1, 31),
      },
      expect: [
        { atSeconds: 19 * MINUTE, firing: [] },
        { atSeconds: 20 * MINUTE, firing: [jobDown('single'), targetDown('pair', 'a:10464')] },
      ],
    },
    {
      kind: 'fires',
      name: 'when the targets are gone: for a day where another job serves the exporter, else for good',
      input: 'days',
      series: {
        [up({ job: 'gone' })]: '1x3 stale',
        [info({ job: 'gone' })]: '1x3 stale',
        [up({ job: 'other' })]: '1x62 stale',
        [info({ job: 'other' })]: '1x62 stale',
      },
      expect: [
        { atSeconds: 4 * HOUR, firing: [jobDown('gone')] },
        { atSeconds: DAY + 2 * HOUR, firing: [] },
        { atSeconds: DAY + 4 * HOUR, firing: [jobDown('other')] },
      ],
    },
    {
      kind: 'fires',
      name: 'still, two days after the only target stopped answering',
      input: 'days',
      series: { [up({ job: 'single' })]: '1x3 0x120', [info({ job: 'single' })]: '1x3 stale' },
      expect: [{ atSeconds: 2 * DAY, firing: [jobDown('single')] }],
    },
    {
      kind: 'fires',
      name: 'when there has never been one, whatever else is up or down',
      input: 'minutes',
      series: { [up({ job: 'node' })]: flat(1, 20), [up({ job: 'never-answered' })]: flat(0, 20) },
      expect: [{ atSeconds: 15 * MINUTE, firing: [NONE] }],
    },
    {
      kind: 'quiet',
      name: 'while it answers, whatever else is down, and when a new target of the job takes over',
      input: 'minutes',
      series: {
        [up()]: flat(1, 40),
        [info()]: flat(1, 40),
        [up({ job: 'node' })]: flat(0, 40),
        [up({ job: 'pods', instance: 'sidecar:9000' })]: flat(0, 40),
        [up({ job: 'pods', instance: 'old:10464' })]: '1x9 stale',
        [info({ job: 'pods', instance: 'old:10464' })]: '1x9 stale',
        [up({ job: 'pods', instance: 'new:10464' })]: '_x10 1x29',
        [info({ job: 'pods', instance: 'new:10464' })]: '_x10 1x29',
      },
      expect: [9, 22, 39].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'a minute less than ten is a restart, ten are not',
      input: 'recorded',
      series: {
        [up({ job: 'restart' })]: '1x9 0x9 1x20',
        [info({ job: 'restart' })]: '1x9 stale _x9 1x20',
        [up({ job: 'outage' })]: '1x9 0x10 1x19',
        [info({ job: 'outage' })]: '1x9 stale _x10 1x19',
      },
      expect: [
        { atSeconds: 19 * MINUTE, firing: [] },
        { atSeconds: 20 * MINUTE, firing: [jobDown('outage')] },
        { atSeconds: 21 * MINUTE, firing: [] },
      ],
    },
  ];
}
