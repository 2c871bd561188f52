import { type Outcome, rejected, skipped } from '../../outcome.ts';
import type { Source, SourceRequest } from '../../source.ts';
import { type TimeBounds, timestampOutcome } from '../../time-bounds.ts';
import { GENAI_KEYS, mappedKeys, SLOT } from '../attributes/attribute-keys.ts';
import { AttributeTable } from '../attributes/attribute-table.ts';
import { Attributes } from '../attributes/attributes.ts';
import { fillFromHeaders } from '../attributes/header-fields.ts';
import { CallReader } from '../calls/call-reader.ts';
import { CLAUDE_CODE_POINT_KEYS, fillClaudeCode } from '../calls/claude-code.ts';
import { roleOf } from '../calls/span-role.ts';
import { msOfNanos } from '../encoding/wire.ts';
import { type OtlpSettings, signalOf } from '../settings.ts';
import { amountOf, type Group, Groups, type Reading } from './metrics-groups.ts';
import { digest, pairsOf, sendersOf } from './metrics-identity.ts';
import { type AttributeList, CUMULATIVE, DELTA, type Metric, type MetricPoint } from './metrics-model.ts';
import { metricsOf } from './metrics-request.ts';
import { discard, RunningTotals, type Step, settle } from './metrics-running-totals.ts';
import {
  metersOfPoints,
  sideOf,
  TOKEN_TYPE_NAMES,
  type TokenType,
  USAGE_METRICS,
} from './metrics-token-types.ts';

/** Cumulative series in memory: some 10 MB. */
const SERIES = 20_000;
/** More than any series counts to, and few enough to add up exactly. */
const MAX_TOKENS = 1e12;
const NAMES: ReadonlySet<string> = new Set(USAGE_METRICS.keys());

/** `POST /v1/metrics`: an event for each total of tokens and export, with the tokens of the parts that it includes. */
export function createOtlpMetricsSource(settings: OtlpSettings): Source {
  const reader = new TokenMetrics(settings);
  return {
    id: 'otlp_metrics',
    read: (request, bounds) => reader.read(request, bounds),
    settled: (outcomes, areStored) => reader.settled(outcomes, areStored),
  };
}

class TokenMetrics {
  readonly #settings: OtlpSettings;
  readonly #calls = new CallReader();
  readonly #totals: RunningTotals;
  readonly #resource: Attributes;
  /** Whose attributes `#resource` has. */
  #sender: AttributeList | undefined;
  readonly #genAi: Attributes;
  readonly #claudeCode: Attributes;
  /** Of the requests that are being stored. */
  readonly #underWay = new WeakMap<readonly Outcome[], readonly Step[]>();

  constructor(settings: OtlpSettings) {
    this.#settings = settings;
    this.#totals = new RunningTotals(SERIES, settings.startedMs * 1e6);
    // Every point has an id of its own, so that input and output are not taken for the same event.
    const genAiKeys = GENAI_KEYS.filter(({ slot }) => slot !== SLOT.responseId);
    const owners = mappedKeys(settings.attributes);
    const genAi = new AttributeTable([...genAiKeys, ...owners]);
    this.#genAi = new Attributes(genAi);
    this.#resource = new Attributes(genAi);
    this.#claudeCode = new Attributes(new AttributeTable([...CLAUDE_CODE_POINT_KEYS, ...owners]));
  }

  read(request: SourceRequest, bounds: TimeBounds): Outcome[] {
    const metrics = metricsOf(request.body, request.contentType, NAMES, this.#settings.eventsPerRequest);
    const senders = sendersOf(metrics);
    const withCounters = new Set(
      metrics.filter(({ name }) => familyOf(name) === 'counters').map((metric) => senders.get(metric)),
    );
    this.#sender = undefined;
    const outcomes: Outcome[] = [];
    const steps: Step[] = [];
    const groups = new Groups();
    for (const metric of metrics) {
      const sender = senders.get(metric)!;
      this.#readResource(metric, request);
      const counts =
        signalOf(this.#settings, this.#resource.text(SLOT.serviceName)) === 'metrics' &&
        !(familyOf(metric.name) === 'histogram' && withCounters.has(sender));
      for (const point of metric.points) {
        if (point.isEmpty) continue;
        if (!counts) outcomes.push(skipped('not_authoritative'));
        else {
          const outcome = this.#readPoint(metric, point, sender, bounds, groups, steps);
          if (outcome) outcomes.push(outcome);
        }
      }
    }
    for (const group of groups.all()) outcomes.push(...this.#outcomesOf(group, request, bounds));
    this.#underWay.set(outcomes, steps);
    return outcomes;
  }

  settled(outcomes: readonly Outcome[], areStored: boolean): void {
    for (const step of this.#underWay.get(outcomes) ?? []) settle(step, areStored);
  }

  #readResource({ resource }: Metric, { attributes }: SourceRequest): void {
    if (this.#sender === resource) return;
    this.#sender = resource;
    this.#resource.clear();
    resource.readInto(this.#resource);
    fillFromHeaders(this.#resource, attributes);
  }

  #readAttributes({ name }: Metric, point: MetricPoint): Attributes {
    const isClaudeCode = familyOf(name) === 'claude_code';
    const attributes = isClaudeCode ? this.#claudeCode : this.#genAi;
    attributes.clear();
    point.attributes.readInto(attributes);
    if (isClaudeCode) fillClaudeCode(attributes);
    return attributes;
  }

  /** Puts the point into its group, unless that is the end of it. */
  #readPoint(
    metric: Metric,
    point: MetricPoint,
    sender: string,
    bounds: TimeBounds,
    groups: Groups,
    steps: Step[],
  ): Outcome | undefined {
    const problem = problemOf(metric, point);
    if (problem !== undefined) return rejected('invalid_event', `${metric.name}: ${problem}`);
    if (point.value === undefined) return skipped('usage_missing');
    const outside = timestampOutcome(msOfNanos(point.timeNanos), bounds);
    if (outside) return outside;
    const attributes = this.#readAttributes(metric, point);
    const role = roleOf(attributes);
    if (role === 'other' || role === 'tool') return skipped('sum_of_others');
    const said = attributes.text(SLOT.tokenType);
    const type = USAGE_METRICS.get(metric.name)!.type ?? typeOf(said);
    if (type === 'total') return skipped('sum_of_others');
    if (type === undefined) {
      return rejected('invalid_event', `${metric.name}: expected a token type such as input or output`);
    }

    const series = digest(metric.name, sender, ...pairsOf(point.attributes));
    const { startNanos, timeNanos, value } = point;
    let added: Reading['added'] = value;
    if (metric.temporality === CUMULATIVE) {
      added = this.#totals.advance(series, { startNanos, timeNanos, value }, bounds.nowMs * 1e6);
      if (typeof added === 'object') steps.push(added);
    }
    const family = familyOf(metric.name);
    // Claude Code's types do not include each other, nor do totals.
    const isTotal = family === 'claude_code' || type === 'input' || type === 'output';
    const side = family === 'claude_code' ? type : sideOf(type);
    groups.add(
      digest(
        family,
        side,
        String(timeNanos),
        sender,
        ...pairsOf(point.attributes, attributes.keyOf(SLOT.tokenType)),
      ),
      {
        metric,
        point,
        type,
        modality: attributes.text(SLOT.tokenModality),
        id: digest(series, String(startNanos), String(timeNanos), String(value)),
        added,
      },
      isTotal,
    );
    return undefined;
  }

  /** One outcome for an event, and one for each point that is not in it. */
  #outcomesOf({ total, parts }: Group, request: SourceRequest, bounds: TimeBounds): Outcome[] {
    const given = parts.filter((part) => amountOf(part) !== 0 && part.added !== 'known');
    const unknown = given.filter((part) => amountOf(part) === undefined);
    const baselines = unknown.map(() => skipped('baseline'));
    const known = given.filter((part) => amountOf(part) !== undefined);
    if (!total) {
      return [
        ...baselines,
        ...known.map(({ type }) =>
          rejected(
            'inconsistent_usage',
            `${type} tokens without the ${sideOf(type)} tokens that include them, of the same time and attributes, in the same request; points of one export must stay together`,
          ),
        ),
      ];
    }
    const amount = amountOf(total);
    if (amount === undefined) {
      // What is part of a total that does not count does not count, now or later.
      for (const { added } of known) if (typeof added === 'object') discard(added);
      if (total.added === 'known') return [];
      return [total, ...given].map(() => skipped('baseline'));
    }
    if (amount === 0 && known.length === 0) return baselines;
    const quantities = metersOfPoints(
      { type: total.type, amount },
      known.map((part) => ({ type: part.type, amount: amountOf(part)! })),
      total.modality,
    );
    const outcome =
      typeof quantities === 'string'
        ? rejected('inconsistent_usage', quantities)
        : this.#eventOf(total, quantities, request, bounds);
    return [...baselines, outcome, ...(outcome.kind === 'event' ? [] : known.map(() => outcome))];
  }

  #eventOf(
    { metric, point, id }: Reading,
    quantities: readonly number[],
    request: SourceRequest,
    bounds: TimeBounds,
  ): Outcome {
    this.#readResource(metric, request);
    return this.#calls.read(
      this.#readAttributes(metric, point),
      {
        resource: this.#resource,
        scope: metric.scope,
        timestampMs: msOfNanos(point.timeNanos),
        latencyMs: undefined,
        hasFailed: false,
        quantities,
        idText: () => id,
      },
      bounds,
    );
  }
}

function familyOf(name: string): string {
  return USAGE_METRICS.get(name)!.family;
}

function typeOf(said: string): TokenType | 'total' | undefined {
  if (said === 'total') return 'total';
  return Object.hasOwn(TOKEN_TYPE_NAMES, said) ? TOKEN_TYPE_NAMES[said] : undefined;
}

/** What keeps a point from being a count of tokens. */
function problemOf({ kind, isMonotonic, temporality }: Metric, { value }: MetricPoint): string | undefined {
  if (kind === 'gauge' || !isMonotonic) return 'expected a monotonic sum or a histogram';
  if (temporality !== DELTA && temporality !== CUMULATIVE) return 'expected delta or cumulative temporality';
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS)) return undefined;
  return `expected a whole number of tokens from 0 to ${MAX_TOKENS}, got ${value}`;
}
