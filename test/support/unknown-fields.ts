import { join } from 'node:path';
import ts from 'typescript';
import type { ClusterObject } from './cluster-files.js';
import { SCHEMA_MODULES } from './published-schemas.js';

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  types: [],
};

/**
 * What the published types of the objects' kinds refuse. The schemas let fields pass that do not exist, which a cluster
 * would drop or refuse; TypeScript does not, in a literal.
 * @returns a sentence for each fault; kinds without published types have none
 */
export function unknownFields(objects: readonly ClusterObject[]): string[] {
  const typed = objects.flatMap((object) => {
    const module = SCHEMA_MODULES[object.kind];
    return module === undefined ? [] : [{ object, type: `import('${module}').I${object.kind}` }];
  });
  const lines = typed.map(
    ({ object, type }, at) => `export const object${at}: ${type} = ${JSON.stringify(object)};`,
  );
  // Where the packages are found from.
  const path = join(__dirname, 'objects-of-a-cluster.ts');
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path
      ? ts.createSourceFile(path, lines.join('\n'), ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], OPTIONS, host);
  const source = program.getSourceFile(path);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ start = 0, file, messageText }) => {
      const { kind, metadata } = typed[file!.getLineAndCharacterOfPosition(start).line]!.object;
      return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    },
  );
}
