interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/** Express' internal list of routes: it has no public API for the methods of a path. */
interface Routed {
  readonly router: { readonly stack: readonly Layer[] };
}

/** The methods that this Express application answers at `path`, upper case and sorted. */
export function allowedMethods(application: Routed, path: string): string[] {
  const methods = new Set<string>();
  for (const layer of application.router.stack) {
    if (!layer.route || isMiddleware(layer.route.path) || !matches(layer, path)) continue;
    for (const [method, known] of Object.entries(layer.route.methods)) {
      if (known) methods.add(method.toUpperCase());
    }
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** Nest mounts middleware as a route for all methods at a wildcard. */
function isMiddleware(path: string): boolean {
  return path.includes('*');
}

function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false; // a path that can't be decoded matches nothing
  }
}
