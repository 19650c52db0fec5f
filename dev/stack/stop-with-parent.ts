import { flushCompileCache } from 'node:module';

// Loaded before an app of the stack: when the process that started it is gone, however it went, the app stops as on SIGTERM.
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref();

// One that is killed later leaves what was compiled for it all the same.
setTimeout(flushCompileCache, 5_000).unref();
