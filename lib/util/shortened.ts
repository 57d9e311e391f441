const LONGEST_WORD = 200;
const LONGEST = 4000;
const TOO_LONG = new RegExp(`\\S{${LONGEST_WORD + 1},}`, "g");

/**
 * A message that is fit to be logged, whatever names from outside it quotes: words of absurd length are cut, and so is
 * the whole.
 */
export function shortened(message: string): string {
  if (message.length <= LONGEST_WORD) return message;
  const text = message.replace(TOO_LONG, (word) => `${word.slice(0, LONGEST_WORD)}…`);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
