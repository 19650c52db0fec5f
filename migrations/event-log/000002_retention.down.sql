alter table event_log.committed drop column seen_at;
