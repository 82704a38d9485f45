import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { Format } from '../format/format.js';
import { en, type Messages } from './en.js';
import { ko } from './ko.js';

const LANGUAGES = { en, ko } satisfies Record<string, Messages>;
export type Language = keyof typeof LANGUAGES;

interface Words {
  readonly m: Messages;
  readonly f: Format;
  readonly language: Language;
  readonly change: (language: Language) => void;
}

const WordsContext = createContext<Words | null>(null);

/** The viewer's choice is the only thing that the console keeps in the browser's storage. */
const CHOICE = 'seonchak-console-language';

const isLanguage = (value: string | null): value is Language => value !== null && value in LANGUAGES;

function firstLanguage(): Language {
  const chosen = localStorage.getItem(CHOICE);
  if (isLanguage(chosen)) return chosen;
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

/** Speaks the viewer's language: the one chosen here, or else the browser's. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const words = useMemo(
    () => ({
      m: LANGUAGES[language],
      f: new Format(language),
      language,
      change: (next: Language) => {
        localStorage.setItem(CHOICE, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return (
    <WordsContext value={words}>
      <I18nProvider locale={language === 'ko' ? 'ko-KR' : 'en-US'}>{children}</I18nProvider>
    </WordsContext>
  );
}

/** Messages (`m`) and formats (`f`) of the viewer's language. */
export function useWords(): Words {
  const words = use(WordsContext);
  if (!words) throw new Error('there is no LanguageProvider around this');
  return words;
}
