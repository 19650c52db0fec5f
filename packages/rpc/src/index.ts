export { create, type MessageInitShape } from '@bufbuild/protobuf';
export { createIdentityClient, createTreasuryClient, type ClientOptions, type IdentityClient, type TreasuryClient } from './client.ts';
export { callerIn, createRpcServer, route, serveRpc, type Route, type RpcOptions } from './server.ts';
export { callersSetting, newServiceToken, parseCallers, tokenSetting, type Callers } from './tokens.ts';
export { unimplemented } from './unimplemented.ts';
export { IdentityService } from '../gen/doubloon/identity/v1/identity_pb.js';
export { TreasuryService } from '../gen/doubloon/treasury/v1/treasury_pb.js';
export * as identity from '../gen/doubloon/identity/v1/identity_pb.js';
export * as treasury from '../gen/doubloon/treasury/v1/treasury_pb.js';
