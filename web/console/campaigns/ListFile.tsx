import { useId, useState } from 'react';
import { useWords } from '../messages/language.tsx';
import { type ReadList, readList } from './eligible-list.js';

interface ListFileProps {
  /** Null: no file is chosen. */
  readonly onChange: (read: ReadList | null) => void;
}

/** A file that says who may claim, and how many people it names. */
export function ListFile({ onChange }: ListFileProps) {
  const { m } = useWords();
  const id = useId();
  const [read, setRead] = useState<ReadList | null>(null);
  const choose = async (file: File | undefined): Promise<void> => {
    const next = file === undefined ? null : readList(await file.text());
    setRead(next);
    onChange(next);
  };
  const isWrong = read !== null && read.kind !== 'list';
  const said = useSaid(read);
  return (
    <div className="field">
      <label htmlFor={id}>{m.terms.listFile}</label>
      <input
        id={id}
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        aria-invalid={isWrong}
        aria-describedby={`${id}-help`}
        onChange={(event) => void choose(event.target.files?.[0])}
      />
      <span id={`${id}-help`} className={isWrong ? 'wrong' : 'help'} aria-live="polite">
        {said}
      </span>
    </div>
  );
}

function useSaid(read: ReadList | null): string {
  const { m, f } = useWords();
  switch (read?.kind) {
    case undefined:
      return m.terms.listFileHelp;
    case 'wrong':
      return m.terms.listFileWrong(f.count(read.line));
    case 'empty':
      return m.terms.listFileEmpty;
    case 'list':
      return m.terms.listFilePeople(f.count(read.userIds.length));
  }
}
