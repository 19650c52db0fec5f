export { deciders, defaultRules, type AmountLimit, type Decider, type Rules } from './rules.ts';
export { mostBytes as longestRulesFile } from './plain-yaml.ts';
export { readRules, rulesJsonSchema, rulesPath, type RulesFile } from './rules-file.ts';
