/**
 * The environment for a program whose words another program reads: without colours, whatever the terminal or the CI above
 * wishes for.
 */
export function plainEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  // Some programs take the mere presence of FORCE_COLOR for a wish, and Node.js warns when it meets both variables.
  const { FORCE_COLOR: _wish, ...inherited } = process.env
  return { ...inherited, NO_COLOR: '1', ...more }
}
