-- What a pull request decided about several issues becomes one decision again.
update relayer_intent i set decision = first.id from decision n, lateral (
  select min(o.id) as id from decision o where (o.action, o.source_kind, o.source_id) = (n.action, n.source_kind, n.source_id)
) first where i.decision = n.id and first.id < n.id;
delete from decision n using decision o where (o.action, o.source_kind, o.source_id) = (n.action, n.source_kind, n.source_id) and o.id < n.id;
drop index decision_of_source;
alter table decision add unique (action, source_kind, source_id);
