/**
 * The words of a line, as a shell splits them: blanks between, quotes and backslashes taken away.
 * Nothing is put in for variables. Pure.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote === "" && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === quote) {
      quote = "";
    } else if (quote === "" && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (char === "\\" && quote !== "'" && at + 1 < text.length) {
      word = (word ?? "") + text[++at]!;
    } else {
      word = (word ?? "") + char;
    }
  }
  return word === undefined ? words : [...words, word];
}
