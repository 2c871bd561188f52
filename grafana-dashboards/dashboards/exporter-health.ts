import { dashboard } from '../lib/dashboard.ts';
import { targetVariable } from '../lib/variables.ts';
import * as flow from '../panels/health-flow.ts';
import * as process from '../panels/health-process.ts';
import * as state from '../panels/health-state.ts';
import { instances, jobs } from '../queries/variables.ts';

export function exporterHealthDashboard() {
  return dashboard({
    uid: 'llm-cost-exporter-health',
    title: 'LLM cost exporter health',
    description: 'Whether the cost numbers can be trusted: is usage arriving, stored, priced and published.',
    from: 'now-6h',
    variables: [targetVariable('job', 'Job', jobs), targetVariable('instance', 'Instance', instances)],
    rows: {
      'Can the numbers be trusted': [
        state.targetsDown(),
        state.ledgerUp(),
        state.configReloaded(),
        state.samplersDown(),
        state.refusedEvents(),
        state.unpricedCalls(),
        state.overflowed(),
        state.priceTableAge(),
      ],
      'Usage in': [
        flow.eventsByResult(),
        flow.eventsBySource(),
        flow.refusedBySource(),
        flow.ingestLatency(),
        flow.uncountedCalls(),
        flow.unpricedEvents(),
      ],
      Ledger: [flow.commitLatency(), flow.ledgerErrors(), flow.ledgerRows(), flow.ledgerBytes()],
      'Series and scrapes': [
        flow.seriesByFamily(),
        flow.overflowByFamily(),
        flow.expositionBytes(),
        flow.expositionDuration(),
      ],
      Samplers: [flow.samplerUp(), flow.samplerAge(), flow.samplerDuration()],
      'Process and host': [process.cpu(), process.memory(), process.eventLoopLag(), process.host()],
      'What is running': [process.priceTables(), process.builds()],
    },
  });
}
