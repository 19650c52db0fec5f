import type { DescService } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { DoubloonError } from '@doubloon/errors';

/** Every method of a service, answering UNIMPLEMENTED: one place for what a later version brings. */
export function unimplemented<S extends DescService>(service: S): ServiceImpl<S> {
  const refuse = (method: string) => () => { throw new DoubloonError('UNIMPLEMENTED', { method: `${service.typeName}/${method}` }); };
  return Object.fromEntries(service.methods.map((method) => [method.localName, refuse(method.name)])) as unknown as ServiceImpl<S>;
}
