import type { FastifyInstance } from 'fastify';
import { withTimeout } from '@tiepsuc/retry';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The delay of the event loop is sampled by a timer; the default of 10 ms would wake an idle process 100 times a second. */
const EVENT_LOOP_SAMPLE_MS = 200;
/** What a gauge may take to find its figure. Prometheus waits ten seconds for all of them. */
const COLLECT_WITHIN_MS = 5_000;
const REQUEST_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface MetricOptions<Label extends string> {
  /** snake_case with its unit last; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  /** Codes with few values: topics, offices, outcomes. Never ids of cases or persons. */
  readonly labels?: readonly Label[];
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  readonly buckets: readonly number[];
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Called at each scrape; it sets the gauge, which is left out of a scrape when this fails or takes over five seconds. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

/** One service's metrics. Several services can live in one process, so nothing is registered globally. */
export class Metrics {
  private readonly registry = new Registry();
  readonly contentType = this.registry.contentType;
  private readonly uncollected: Counter<'metric'>;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    this.uncollected = this.counter({
      name: 'metrics_uncollected_total',
      help: 'Scrapes that a gauge was left out of, because its figure could not be had',
      labels: ['metric'],
    });
  }

  counter<Label extends string = never>({ name, help, labels = [] }: MetricOptions<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  gauge<Label extends string = never>({ name, help, labels = [], collect }: GaugeOptions<Label>): Gauge<Label> {
    const registers = [this.registry];
    if (!collect) return new Gauge({ name, help, labelNames: labels, registers });
    const { uncollected } = this;
    return new Gauge<Label>({
      name,
      help,
      labelNames: labels,
      registers,
      // One that rejects would take all the others out of the scrape, just when something is wrong.
      async collect() {
        try {
          await withTimeout(COLLECT_WITHIN_MS, collect(this));
        } catch {
          if (labels.length > 0) this.reset();
          else this.remove();
          uncollected.inc({ metric: name });
        }
      },
    });
  }

  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label> {
    const { name, help, labels = [], buckets } = options;
    return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [this.registry] });
  }

  /** All metrics in Prometheus' text format: the service's, then the process's. */
  async text(): Promise<string> {
    return (await this.registry.metrics()) + (await processRegistry().metrics());
  }
}

let processMetrics: Registry | undefined;

/** Memory, event loop and garbage collection belong to the process, so they are collected once. */
function processRegistry(): Registry {
  if (!processMetrics) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  }
  return processMetrics;
}

const UNMATCHED = 'unmatched';

/** Measures every request by the pattern of its route, never by its address, and serves `/metrics`. */
export function addMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram({
    name: 'http_server_request_duration_seconds',
    help: 'How long requests took, by route',
    labels: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS_SECONDS,
  });
  processRegistry();
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    done();
  });
  fastify.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
