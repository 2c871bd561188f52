import type { BudgetDefinition } from '../domain/budget.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';
import { DECISIONS, type Decision, type Verdict } from './decide.ts';

type Counts = Record<Decision, number>;

/** How often each hard budget said what, since the start of the exporter. */
export class DecisionCounts {
  #byBudget = new Map<string, Counts>();

  count(verdicts: readonly Verdict[]): void {
    for (const { account, decision } of verdicts) {
      const { name } = account.definition;
      const counts = this.#byBudget.get(name) ?? noCounts();
      counts[decision] += 1;
      this.#byBudget.set(name, counts);
    }
  }

  /** Of the hard ones among the definitions, also those that were not asked yet; what is no longer among them is forgotten. */
  block(definitions: readonly BudgetDefinition[]): SampleBlock {
    const known = new Map<string, Counts>();
    for (const { name, isHard } of definitions) {
      if (isHard) known.set(name, this.#byBudget.get(name) ?? noCounts());
    }
    this.#byBudget = known;
    return fixedBlock(
      'llm_budget_decisions_total',
      [...known].flatMap(([name, counts]) =>
        DECISIONS.map((decision) => [[name, decision], counts[decision]] as const),
      ),
    );
  }
}

function noCounts(): Counts {
  return { allow: 0, throttle: 0, block: 0 };
}
