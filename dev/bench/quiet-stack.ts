import { startStack, type Stack, type StackOptions } from '../stack/stack.ts';

/** The whole stack, which says nothing. */
export const startQuietStack = (options: Partial<StackOptions> = {}): Promise<Stack> => startStack({ progress: () => undefined, onLine: () => undefined, ...options });
