import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/**
 * The page on which people check a proof: one file with everything in it, so that it works when it was saved, without a
 * network. Its policy stands in it, too: whatever a proof holds, nothing is loaded and nothing is sent.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [intoOneFile()],
  build: {
    outDir: '../../dist/web/verify',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
  },
});

function intoOneFile(): Plugin {
  return {
    name: 'into-one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const texts = new Map<string, string>();
      for (const [name, output] of Object.entries(bundle)) {
        if (name.endsWith('.html')) continue;
        texts.set(name, output.type === 'chunk' ? output.code : String(output.source));
        Reflect.deleteProperty(bundle, name);
      }
      const html = bundle['index.html'];
      if (html?.type !== 'asset') throw new Error('The page has no HTML.');
      html.source = withPolicy(withTexts(String(html.source), texts));
    },
  };
}

/** The page with its script and its style sheet in it instead of their names. */
function withTexts(html: string, texts: ReadonlyMap<string, string>): string {
  const textOf = (path: string): string => {
    const text = texts.get(path.replace(/^\//, ''));
    if (text === undefined) throw new Error(`The page names ${path}, which was not built.`);
    return text.trim();
  };
  return html
    .replace(
      /<link rel="stylesheet"[^>]*href="([^"]+)"[^>]*>/g,
      (_, path: string) => `<style>${textOf(path)}</style>`,
    )
    .replace(/<script type="module"[^>]*src="([^"]+)"[^>]*><\/script>/g, '')
    .replace('</body>', () => {
      const script = [...texts.keys()].find((name) => name.endsWith('.js')) ?? '';
      return `<script type="module">${textOf(script).replaceAll('</script', '<\\/script')}</script></body>`;
    });
}

function withPolicy(html: string): string {
  const hashOf = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = /<script type="module">([^]*?)<\/script>/.exec(html)?.[1];
  const style = /<style>([^]*?)<\/style>/.exec(html)?.[1];
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html.replace(
    '<meta charset="utf-8" />',
    () => `<meta charset="utf-8" /><meta http-equiv="Content-Security-Policy" content="${policy}" />`,
  );
}
