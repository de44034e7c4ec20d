import { join } from "node:path";
import ts from "typescript";

/** What the compiler says of programs as a user's project has them: against what was built. */
export function typeErrors(files: string[], root: string): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(files, {
    ...options,
    customConditions: [],
    declaration: false,
    isolatedDeclarations: false,
    typeRoots: [join(root, "node_modules", "@types")],
  });
  return new Map(
    files.map((file) => {
      const diagnostics = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
      return [file, diagnostics.map(describe)];
    }),
  );
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `line ${line}: ${message}`;
}
