import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const PAGE = 'docs/architecture.md';

/** Folder of src (the longest match counts) -> the name of its area in the table of tables. */
const AREAS: Readonly<Record<string, string>> = {
  'grants/': 'claims',
  'grants/slots/': 'slots',
  'campaigns/': 'campaigns',
  'campaigns/archive/': 'archive',
  'payouts/': 'payouts',
  'payouts/operators/': 'operators',
  'payouts/webhooks-in/': 'webhooks-in',
  'payouts/reconciliation/': 'reconciliation',
  'ledger/': 'ledger',
  'changes/': 'feed',
  'reaper/': 'reaper',
  'live/': 'live',
  'audit/': 'audit',
  'transparency/': 'log',
  'webhooks-out/': 'webhooks-out',
  'platform/admin/': 'admin acts',
  'platform/identity/': 'identity',
  'platform/login/': 'login',
  'platform/sessions/': 'sessions',
  'platform/postgres/': 'the start',
};

/** Areas that by nature read nearly everything; the archive also removes what it has read, from a list of tables. */
const EVERYWHERE = ['archive', 'audit'];

const ENTITIES: Readonly<Record<string, string>> = { Campaign: 'campaigns' };

interface Access {
  readonly table: string;
  readonly area: string;
  readonly isWrite: boolean;
  readonly file: string;
}

/** The rows of the table of tables: table -> its writers and its readers. */
function documented(): Map<string, { writers: string; readers: string }> {
  const page = readFileSync(join(root, PAGE), 'utf8');
  const section = page.slice(page.indexOf('\n## Tables\n'), page.indexOf('\n## State machines\n'));
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    rows.flatMap(([, names = '', , writers = '', readers = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, { writers, readers }] as const),
    ),
  );
}

/** "claims (INSERT, promotion); reaper" names claims and reaper; a trigger is not an area. */
function areasIn(cell: string): string[] {
  return cell
    .replace(/\([^)]*\)/g, '')
    .split(/[;,]/)
    .map((area) => area.trim())
    .filter((area) => Object.values(AREAS).includes(area));
}

/** A statement names a table after one of these words; `FOR UPDATE` and `ON CONFLICT DO UPDATE` name none. */
const NAMED = /(?<!FOR |FOR NO KEY |DO |BEFORE )\b(FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b/g;

function accesses(tables: ReadonlySet<string>): Access[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    const folder = Object.keys(AREAS)
      .filter((name) => file.startsWith(name))
      .sort((a, b) => b.length - a.length)[0];
    const area = AREAS[folder ?? ''] ?? file;
    const inSql = [...text.matchAll(NAMED)].map(({ 1: word = '', 2: table = '', index }) => {
      const isDelete = word === 'FROM' && /DELETE\s+$/.test(text.slice(0, index));
      return { table, area, file, isWrite: word === 'INTO' || word === 'UPDATE' || isDelete };
    });
    const byEntity = [...text.matchAll(/InjectRepository\((\w+)/g)].map(([, entity = '']) => {
      return { table: ENTITIES[entity] ?? entity, area, file, isWrite: false };
    });
    return [...inSql, ...byEntity].filter(({ table }) => tables.has(table));
  });
}

const tables = documented();
const found = accesses(new Set(tables.keys())).filter(({ area }) => !EVERYWHERE.includes(area));

describe(`code touches each table only as ${PAGE} says`, () => {
  it.each([...tables.keys()])('%s', (table) => {
    const { writers, readers } = tables.get(table)!;
    const [mayWrite, mayRead] = [areasIn(writers), areasIn(readers)];
    const ofTable = found.filter((access) => access.table === table);
    const unnamed = ofTable.filter(({ area, isWrite }) =>
      isWrite ? !mayWrite.includes(area) : ![...mayWrite, ...mayRead].includes(area),
    );
    expect(unnamed.map(({ file, isWrite }) => `${file} ${isWrite ? 'writes' : 'reads'} ${table}`)).toEqual(
      [],
    );
    const idle = [...new Set([...mayWrite, ...mayRead])].filter(
      (area) => !EVERYWHERE.includes(area) && !ofTable.some((access) => access.area === area),
    );
    expect(idle.map((area) => `${area} is named for ${table} and does not touch it`)).toEqual([]);
  });

  it('finds the statements in the code', () => {
    expect(found.length).toBeGreaterThan(80);
    expect(found.filter(({ isWrite }) => isWrite).length).toBeGreaterThan(30);
  });
});
