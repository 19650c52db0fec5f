import type { FailureCode } from '@doubloon/errors';
import type { WebApp } from './app.ts';

declare global {
  namespace App {
    interface Error {
      status: number;
      message: string;
      code?: FailureCode | 'PAGE_ABSENT' | 'REQUEST_REFUSED' | 'TOO_MANY_REQUESTS';
      /** What the person can do now. */
      advice?: string;
    }
    interface Locals {
      app: WebApp;
    }
  }
}

export {};
