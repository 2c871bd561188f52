import * as units from '@grafana/grafana-foundation-sdk/units';
import { lines } from '../lib/graph.ts';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { gpuUsdPerHour } from '../queries/cost.ts';
import * as gpu from '../queries/gpu.ts';

const NO_GPU = 'no GPU seen';
/** Default of the alert LowGPUEfficiency. */
const LOW_UTILIZATION_PERCENT = 30;
const MIG = 'A card that reports no utilisation (MIG) is not in the idle part.';

export function gpuCostEfficiency() {
  return lines(
    {
      id: 51,
      title: 'GPU cost: accrued and idle',
      description: `USD per hour that GPU-hours add to the ledger, and the part of the cards' price that their utilisation leaves unused. ${MIG}`,
      unit: units.Dollars,
      width: 10,
      height: 8,
      noValue: NO_GPU,
    },
    { accrued: gpuUsdPerHour, idle: gpu.idleUsdPerHour },
  );
}

export function gpuUtilization() {
  return lines(
    {
      id: 52,
      title: 'GPU utilisation',
      description: 'By card, 0 to 100 %. Absent where the driver does not report it (MIG).',
      unit: units.Percent,
      width: 10,
      height: 8,
      noValue: NO_GPU,
    },
    { '{{gpu}} {{gpu_model}}': gpu.utilizationPercentByCard },
  ).max(100);
}

export function idleGpuDollars() {
  return stat(
    {
      id: 53,
      title: 'Idle GPU cost per month',
      description: `What the unused part of the cards costs in a month of 730 hours if it stays as it is now. ${MIG}`,
      unit: units.Dollars,
      decimals: 0,
      width: 4,
      height: 8,
      noValue: NO_GPU,
    },
    gpu.idleUsdPerMonth,
    { steps: ['green', [1000, 'orange']] },
  );
}

export function gpuTable() {
  const { utilization, memory, power, temperature, idle } = gpu.gpuTable;
  return table(
    {
      id: 54,
      title: 'GPUs',
      description:
        'Each card now. Empty cells are what its driver does not report, or a card without a configured price.',
      unit: units.Short,
      width: 24,
      height: 7,
      noValue: NO_GPU,
    },
    {
      labels: { gpu: 'GPU', gpu_model: 'Model', uuid: 'UUID' },
      values: [
        {
          name: 'utilization',
          title: 'Utilisation',
          expr: utilization,
          unit: units.Percent,
          decimals: 0,
          steps: ['orange', [LOW_UTILIZATION_PERCENT, 'green']],
        },
        { name: 'memory', title: 'Memory', expr: memory, unit: units.Percent, decimals: 0 },
        { name: 'power', title: 'Power', expr: power, unit: units.Watt, decimals: 0 },
        { name: 'temperature', title: 'Temperature', expr: temperature, unit: units.Celsius, decimals: 0 },
        { name: 'idle', title: 'Idle USD/h', expr: idle, unit: units.Dollars, decimals: 2 },
      ],
      sortBy: 'Idle USD/h',
    },
  );
}
