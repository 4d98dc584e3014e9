/** Why a rule is not taken: the message names the rule and what is wrong with it. */
export class RuleRefusal extends Error {
  readonly rule: string;

  constructor(rule: string, why: string) {
    super(`${rule}: ${why}`);
    this.rule = rule;
  }
}
