/** How the trail names an operator of another issuer than our own. */
export function withIssuer(subject: string, issuer: string): string {
  return `${subject} (${issuer})`;
}
