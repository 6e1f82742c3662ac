/** A setting that stops the start: one line that names the variable, says what was wrong and how to mend it. */
export class ConfigError extends Error {
  /**
   * @param variable the environment variable's name
   * @param problem what is wrong with it; never a secret's value
   * @param mend what to do about it
   */
  constructor(variable: string, problem: string, mend: string) {
    super(`${variable}: ${problem} ${mend}`);
    this.name = 'ConfigError';
  }
}
