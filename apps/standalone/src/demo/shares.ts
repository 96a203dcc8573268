import type { Random } from '@tiepsuc/city/samples';

/** Choices with their shares, in whatever unit: they are related to their sum. */
export type Shares<Choice> = readonly (readonly [choice: Choice, share: number])[];

/** One of the choices, each as often as its share says. */
export function pick<Choice>(shares: Shares<Choice>, random: Random): Choice {
  let rest = random() * shares.reduce((sum, [, share]) => sum + share, 0);
  for (const [choice, share] of shares) {
    rest -= share;
    if (rest < 0) return choice;
  }
  return shares.at(-1)![0];
}
