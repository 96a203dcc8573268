import { EventEmitter } from 'node:events';
import type { QueryResult } from 'pg';
import { SimulatedProcess } from './simulated-process.js';
import type { World } from './world.js';

/** A query as the driver takes it. */
export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** The server as a connection sees it. */
interface Server {
  readonly world: World | undefined;
  /** The connection whose transaction is open. */
  readonly holder: SimulatedConnection | undefined;
  query(database: string, query: Query): Promise<object[]>;
  perform(connection: SimulatedConnection, query: Query): Promise<QueryResult>;
  cut(connection: SimulatedConnection): void | Promise<void>;
}

interface Request {
  readonly query: Query;
  readonly resolve: (result: QueryResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Answer extends Request {
  readonly settle: () => void;
}

const COLLISION = `DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$`;

/**
 * One connection of a pool. It belongs to the process that asked for it, and dies with it. What is asked before it is
 * its turn travels together, as in a pipeline: the server executes it all, and each answer comes, or is lost, by itself.
 */
export class SimulatedConnection extends EventEmitter {
  /** The part of the driver's connection by which statements are put into one write; here they are anyway. */
  readonly connection = { stream: { cork: nothing, uncork: nothing } };
  readonly process = SimulatedProcess.current;
  /** A statement of the open transaction failed: nothing but its end is accepted any more. */
  hasFailed = false;
  private hasEnded = false;
  private requests: Request[] = [];
  private answers: Answer[] = [];

  constructor(
    private readonly server: Server,
    readonly database: string,
  ) {
    super();
  }

  query(query: string | Query, values?: unknown[]): Promise<QueryResult> {
    const asked = typeof query === 'string' ? { text: query, values } : query;
    const { process } = this;
    // Before the first run the database is being made; later nobody else has any business here.
    if (!process && this.server.world) throw new Error(`${nameOf(asked)} belongs to no process`);
    if (!process) return this.server.query(this.database, asked).then((rows) => ({ rows }) as QueryResult);
    if (this.hasEnded) return Promise.reject(terminated());
    return new Promise((resolve, reject) => {
      this.requests.push({ query: asked, resolve, reject });
      if (this.requests.length > 1) return;
      const mayRun = () => this.server.holder === undefined || this.server.holder === this;
      this.world().queue({ process, mayRun, take: () => this.execute(process) });
    });
  }

  release(): void {
    this.removeAllListeners();
  }

  /** The connection is gone: nothing that was asked on it will be answered. */
  end(): void {
    this.hasEnded = true;
    const open = [...this.answers.splice(0), ...this.requests.splice(0)];
    for (const { reject } of open) reject(terminated());
    if (this.listenerCount('error') > 0) this.emit('error', terminated());
  }

  private async execute(process: SimulatedProcess): Promise<void> {
    const requests = this.requests.splice(0);
    for (const [n, request] of requests.entries()) {
      const mayCollide = this.server.holder === this && !this.hasFailed && !isEnd(request.query);
      const outcome = this.world().meet({ process, what: nameOf(request.query), when: 'before', mayCollide });
      if (outcome === 'crashes') return;
      if (outcome === 'is lost') {
        this.requests.unshift(...requests.slice(n));
        return this.server.cut(this);
      }
      const query = outcome === 'collides' ? { text: COLLISION } : request.query;
      this.answers.push({ ...request, settle: await this.outcome(query, request) });
      if (this.answers.length === 1) this.deliverNext(process);
    }
  }

  private async outcome(query: Query, { resolve, reject }: Request): Promise<() => void> {
    try {
      const result = await this.server.perform(this, query);
      return () => resolve(result);
    } catch (error) {
      this.hasFailed = true;
      return () => reject(error);
    }
  }

  private deliverNext(process: SimulatedProcess): void {
    const take = () => {
      const [answer] = this.answers;
      if (!answer) return;
      const outcome = this.world().meet({ process, what: nameOf(answer.query), when: 'after' });
      if (outcome === 'crashes') return;
      if (outcome === 'is lost') return this.server.cut(this);
      this.answers.shift();
      answer.settle();
      if (this.answers.length > 0) this.deliverNext(process);
    };
    this.world().queue({ process, mayRun: () => true, take });
  }

  private world() {
    if (!this.server.world) throw new Error('no run has begun');
    return this.server.world;
  }
}

/** What TypeORM and `Database` know of the driver: a class of pools, whose connections are ours. */
export function poolOf(server: Server, database: string) {
  return class SimulatedPool extends EventEmitter {
    connect(callback?: (error: undefined, connection: SimulatedConnection, release: () => void) => void) {
      const connection = new SimulatedConnection(server, database);
      callback?.(undefined, connection, () => connection.release());
      return Promise.resolve(connection);
    }

    end(callback?: () => void): Promise<void> {
      callback?.();
      return Promise.resolve();
    }
  };
}

function isEnd({ text }: Query): boolean {
  return /^\s*(COMMIT|ROLLBACK)/i.test(text);
}

function nameOf({ name, text }: Query): string {
  return name ?? text.trim().split('\n', 1)[0]?.slice(0, 24) ?? '';
}

function nothing(): void {
  // The simulation decides what travels together.
}

/** As node-postgres reports a connection that ended under a query. */
function terminated(): Error {
  return new Error('Connection terminated unexpectedly');
}
