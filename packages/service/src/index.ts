export { describeSettings, readConfig, type Config, type Configuration, type Setting, type Settings } from './config.ts';
export { databaseUrl, duration, oneOf, parsedBy, serviceSettings, text, urlOf, wholeNumber, yesOrNo } from './settings.ts';
export { createLogger, type Logger } from './logger.ts';
export { Counter, createMetrics, Gauge, Histogram, type Registry } from './metrics.ts';
export { createHealth, type Answer, type Dependency, type Health, type Progress } from './health.ts';
export { startInternal } from './internal.ts';
export { askedFor, startRounds, type Rounds } from './rounds.ts';
export { childTraceparent, correlationId, currentTrace, currentTraceparent, formatTraceparent, newTraceparent, parseTraceparent, withTrace, type RandomBytes, type Trace } from './trace.ts';
export { runService, untilTerminated, type Service } from './run.ts';
