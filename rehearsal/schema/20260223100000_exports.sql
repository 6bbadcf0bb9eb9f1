-- Finished reports are kept in storage; only signed-in people of the organisation read theirs.
insert into storage.buckets (id, name, public) values ('exports', 'exports', false);

create policy exports_of_ones_own on storage.objects for select to authenticated
    using (bucket_id = 'exports' and owner = auth.uid());
