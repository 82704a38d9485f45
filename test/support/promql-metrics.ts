/**
 * The metrics that a PromQL expression of ours names: whatever looks like a name of the service's, of its process or
 * `up`, outside of labels and strings.
 */
export function metricsIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}/g, '').replace(/"[^"]*"/g, '');
  return bare.match(/\b(?:seonchak|process|nodejs)_\w+|\bup\b/g) ?? [];
}
