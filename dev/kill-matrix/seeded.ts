export { seeded, shuffled } from '../histories/seeded.ts';
