import { parseAddress } from './address.ts';

/** Where the local chain has the program. Its secret key was thrown away: a public cluster gets an address of its own. */
export const localProgram = parseAddress('DbnfX3VskzdGLJSLg51YVfgFd9a3YKnv2gJcUSxH64pg');
