/** A fenced block of a README. */
export interface Block {
  /** `ts`, `sh`, … */
  language: string;
  /** What else stands behind the language: `no-run`, `root`. */
  words: string[];
  /** The line of its first character, counted from 1. */
  line: number;
  text: string;
  /** The ```` ```text ```` block right behind it: what it prints. */
  output?: string;
}

/** The fenced blocks of a Markdown text, in order; each with what it prints, where that is given. */
export function fencedBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let between = "";
  markdown.split("\n").forEach((line, index) => {
    const fence = /^```(\S*) *(.*)$/.exec(line);
    if (open !== undefined && line === "```") {
      close(blocks, open, between);
      open = undefined;
      between = "";
    } else if (open !== undefined) {
      open.text += `${line}\n`;
    } else if (fence) {
      const words = fence[2] ? fence[2].split(" ") : [];
      open = { language: fence[1] ?? "", words, line: index + 2, text: "" };
    } else {
      between += line;
    }
  });
  return blocks;
}

function close(blocks: Block[], block: Block, between: string): void {
  const previous = blocks.at(-1);
  const follows = previous !== undefined && previous.output === undefined && between.trim() === "";
  if (block.language === "text" && follows) {
    previous.output = block.text;
  } else {
    blocks.push(block);
  }
}
