import { join } from 'node:path';
import ts from 'typescript';
import { applyEdit, type Mutant } from '../../verification/mutants/mutant.js';

const root = join(__dirname, '../..');

/** Compiles the project's files as they are and as mutants change them, each time only what has changed. */
export class MutantCompiler {
  private readonly mutated = new Map<string, string>();
  private readonly versions = new Map<string, number>();
  private readonly service: ts.LanguageService;

  /** @param files to be compiled, with whatever they import */
  constructor(files: readonly string[]) {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
    const textOf = (path: string): string | undefined => this.mutated.get(path) ?? ts.sys.readFile(path);
    this.service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => files.map((file) => join(root, file)),
      getScriptVersion: (path) => String(this.versions.get(path) ?? 0),
      getScriptSnapshot: (path) => {
        const text = textOf(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (path) => ts.sys.fileExists(path),
      readFile: textOf,
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
    });
  }

  /** The compiler's errors in the files that a mutant changes, after the change; Lua is left out. */
  errorsOf({ edits }: Mutant): string[] {
    for (const edit of edits) this.change(edit.file, (text) => applyEdit(text, edit));
    try {
      return [...new Set(edits.map(({ file }) => file))]
        .filter(isCompiled)
        .flatMap((file) => this.errorsIn(file));
    } finally {
      for (const { file } of edits) this.putBack(file);
    }
  }

  private change(file: string, how: (text: string) => string): void {
    const path = join(root, file);
    this.mutated.set(path, how(this.mutated.get(path) ?? ts.sys.readFile(path) ?? ''));
    this.touch(path);
  }

  private putBack(file: string): void {
    const path = join(root, file);
    this.mutated.delete(path);
    this.touch(path);
  }

  private touch(path: string): void {
    this.versions.set(path, (this.versions.get(path) ?? 0) + 1);
  }

  private errorsIn(file: string): string[] {
    const path = join(root, file);
    const found = [
      ...this.service.getSyntacticDiagnostics(path),
      ...this.service.getSemanticDiagnostics(path),
    ];
    return found.map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }
}

export function isCompiled(file: string): boolean {
  return file.endsWith('.ts');
}
