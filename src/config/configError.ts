/** An invalid setting. The message is one line: the variable, what is wrong, and how to fix it. */
export class ConfigError extends Error {
  /**
   * @param variable the environment variable's name
   * @param problem what is wrong with it; never a secret's value
   * @param fix how to fix it
   */
  constructor(variable: string, problem: string, fix: string) {
    super(`${variable}: ${problem} ${fix}`.replace(/\s*[\r\n]+\s*/g, ' '));
    this.name = 'ConfigError';
  }
}
