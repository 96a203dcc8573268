import type { DecidedEvent } from '@tiepsuc/contracts';
import type { EventMetadata } from '@tiepsuc/journal';

/** What decides: the state before, and what it makes of a past. Every aggregate is one. */
interface Decider<State, Event extends DecidedEvent> {
  readonly initial: State;
  evolve(state: State, event: Event, recorded: EventMetadata): State;
}

type Decision<State, Event> = (state: State) => readonly Event[];

const FIRST_EVENT_AT = Date.parse('2021-07-22T12:00:00.000Z');
const STEP_MS = 60_000;

/**
 * Given past events, when asked, then these events: `const given = deciderSpecification({ initial, evolve })`. The past
 * is events, or decisions that make them. Events of the past are a minute apart.
 */
export function deciderSpecification<State extends object, Event extends DecidedEvent>(
  { initial, evolve }: Decider<State, Event>,
  { actor = 'system:test', from = FIRST_EVENT_AT }: { readonly actor?: string; readonly from?: number } = {},
) {
  return function given(...past: readonly (Event | Decision<State, Event>)[]) {
    let [state, sequence] = [initial, 0];
    for (const one of past) {
      for (const event of typeof one === 'function' ? one(state) : [one]) {
        const time = new Date(from + sequence * STEP_MS).toISOString();
        state = evolve(state, event, { time, actor, sequence: ++sequence });
      }
    }
    return {
      state,
      when: (decide: Decision<State, Event>) => ({
        /** Exactly these events, each with at least these fields. */
        then(...expected: readonly object[]): void {
          expect(decide(state)).toMatchObject(expected);
        },
        thenNothing(): void {
          expect(decide(state)).toEqual([]);
        },
        thenRefused(code: string, details: object = {}): void {
          let refused: unknown;
          try {
            decide(state);
          } catch (error) {
            refused = error;
          }
          expect(refused).toMatchObject({ name: 'Refusal', code, ...details });
        },
      }),
    };
  };
}
