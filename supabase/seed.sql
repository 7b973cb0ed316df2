-- A demo company to look at after `supabase db reset`: two organizations that cannot see each other, eight employees, and payroll runs in
-- every state. Everything is made by the commands that people and workers use, so nothing here could not happen.
-- Sign in as ada@harbor.example or ben@harbor.example (Harbor Coffee) or cleo@atlas.example (Atlas Maps), password `payd-demo`.
-- The ledger behind the paid runs is made up: their transactions are signed for a network that does not exist, by keys that everybody
-- can compute, so they are valid nowhere.

insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
select person.id::uuid, 'authenticated', 'authenticated', person.email, extensions.crypt('payd-demo', extensions.gen_salt('bf')), now(),
  '{"provider": "email", "providers": ["email"]}', '{}', now(), now()
from (values
  ('5eed0000-0000-4000-8000-000000000001', 'ada@harbor.example'),
  ('5eed0000-0000-4000-8000-000000000002', 'ben@harbor.example'),
  ('5eed0000-0000-4000-8000-000000000003', 'cleo@atlas.example'),
  ('5eed0000-0000-4000-8000-000000000004', 'dan@atlas.example')
) as person (id, email);

-- Supabase Auth looks only at people of the zero instance, and cannot read null in these columns, although their tables allow it
-- (supabase/auth#1940); people who sign up have an identity as well. Each is set where it exists: the auth service of the local stack has fewer.
do $people$
declare
  v_value record;
begin
  for v_value in
    select known.name, known.value
    from (values
      ('instance_id', '00000000-0000-0000-0000-000000000000'), ('is_super_admin', 'false'),
      ('confirmation_token', ''), ('recovery_token', ''), ('email_change', ''), ('email_change_token_new', ''),
      ('email_change_token_current', ''), ('phone_change', ''), ('phone_change_token', ''), ('reauthentication_token', '')
    ) as known (name, value)
    join pg_catalog.pg_attribute as attribute on attribute.attname = known.name
    where attribute.attrelid = 'auth.users'::regclass
  loop
    execute format('update auth.users set %1$I = %2$L where id::text like %3$L and %1$I is null', v_value.name, v_value.value, '5eed0000-%');
  end loop;

  if exists (
    select from pg_catalog.pg_attribute as attribute
    where attribute.attrelid = to_regclass('auth.identities') and attribute.attname = 'provider_id'
  ) then
    execute $identities$
      insert into auth.identities (id, provider_id, user_id, identity_data, provider, created_at, updated_at)
      select gen_random_uuid(), person.id::text, person.id, jsonb_build_object('sub', person.id, 'email', person.email, 'email_verified', true), 'email', now(), now()
      from auth.users as person
      where person.id::text like '5eed0000-%'
    $identities$;
  end if;
end;
$people$;

do $seed$
declare
  v_ada constant text := '5eed0000-0000-4000-8000-000000000001';
  v_ben constant text := '5eed0000-0000-4000-8000-000000000002';
  v_cleo constant text := '5eed0000-0000-4000-8000-000000000003';
  v_dan constant text := '5eed0000-0000-4000-8000-000000000004';
  v_harbor bigint;
  v_atlas bigint;
  v_token text;
  v_run bigint;
  v_walk record;
  v_lease uuid;
  v_operations jsonb;
  v_transaction bigint;
  v_order constant numeric := 7237005577332262213973186563042994240857116359379907606001950938285454250989;
  v_none constant bytea := decode(repeat('00', 32), 'hex');
  v_paid public.payroll_runs;
  v_number text;
  v_fee bigint;
  v_bytes bytea;
  v_hash bytea;
  v_key bytea;
  v_secret numeric;
  v_nonce numeric;
  v_point bytea;
  v_envelope text;
  v_is_paid boolean;
begin
  -- The made-up network of the made-up ledger; it is forgotten at the end, so that a real one can be configured.
  update private.settings set network_passphrase = 'No network ; made up', horizon_url = 'https://horizon.example';

  -- Harbor Coffee: Ada prepares, Ben approves.
  perform set_config('request.jwt.claims', json_build_object('sub', v_ada, 'role', 'authenticated')::text, true);
  select id into v_harbor from private.create_organization('Harbor Coffee', null, 'UTC');
  select token into v_token from public.invite_member('ben@harbor.example', 'admin');
  perform set_config('request.jwt.claims', json_build_object('sub', v_ben, 'role', 'authenticated')::text, true);
  perform private.accept_invitation(v_token);

  -- Atlas Maps: Cleo prepares, Dan approves.
  perform set_config('request.jwt.claims', json_build_object('sub', v_cleo, 'role', 'authenticated')::text, true);
  select id into v_atlas from private.create_organization('Atlas Maps', null, 'UTC');
  select token into v_token from public.invite_member('dan@atlas.example', 'manager');
  perform set_config('request.jwt.claims', json_build_object('sub', v_dan, 'role', 'authenticated')::text, true);
  perform private.accept_invitation(v_token);

  perform set_config('request.jwt.claims', json_build_object('sub', v_ada, 'role', 'authenticated')::text, true);
  perform private.import_employees($rows$[
    {"line": 1, "first_name": "Ines", "last_name": "Márquez", "email": "ines@harbor.example", "position": "Barista", "department": "Shops", "salary": "1850.5", "wallet_address": "GDZZDAEDBKTZRSQX5OLITL6DZSPNDEURBGQI7QZO3MXZTVYVA4BUNE5Y"},
    {"line": 2, "first_name": "Tomás", "last_name": "O'Neill", "email": "tomas@harbor.example", "position": "Roaster", "department": "Roastery", "salary": "2400.0000001", "wallet_address": "GBVA6EKI66JSEC6TEJBMH3I2OPMEGZCFAIQLCCYKQFOASLAB6BOQ42FG"},
    {"line": 3, "first_name": "Yuki", "last_name": "Tanaka", "email": "yuki@harbor.example", "position": "Baker", "department": "Shops", "salary": "0.1", "wallet_address": "GDHDGVDOGFGADNT2UMWUQN2TN2HSZHPFIMTLC5AKVSF7MRINIGDGN3UX"},
    {"line": 4, "first_name": "Amara", "last_name": "Okafor", "email": "amara@harbor.example", "position": "Buyer", "department": "Roastery", "salary": "3100", "wallet_address": "GCDYCMEZ3HZ3P6F74JCN2DNAIFWGDJJOBM2R24PZJLOOKB4YMGBSEFH6"},
    {"line": 5, "first_name": "Léa", "last_name": "Dubois", "email": "lea@harbor.example", "position": "Trainee", "department": "Shops", "status": "pending"}
  ]$rows$::jsonb, false, null);

  perform set_config('request.jwt.claims', json_build_object('sub', v_cleo, 'role', 'authenticated')::text, true);
  perform private.import_employees($rows$[
    {"line": 1, "first_name": "Noor", "last_name": "Haddad", "email": "noor@atlas.example", "position": "Cartographer", "salary": "2900", "wallet_address": "GAFVHOMVGHYAYIOG7PM33QBJFYDNTCLHOECOVNSAESX5ZL63R3BCDJP6"},
    {"line": 2, "first_name": "Søren", "last_name": "Lund", "email": "soren@atlas.example", "position": "Surveyor", "salary": "2750.25", "wallet_address": "GCMPIYVPNP4EOC6XGJCF3AIXBECZXY4OVOVISTRN2WQTROTLYTKJ3GPS"},
    {"line": 3, "first_name": "Mei", "last_name": "Chen", "email": "mei@atlas.example", "position": "Engineer", "salary": "3300", "wallet_address": "GCBTUFQJ7ST774IM6C4BM3XGNLUKVA7FL32QGSNB72QCXC7IQ4SMNSDK"}
  ]$rows$::jsonb, false, null);

  perform private.enroll_source_account(v_harbor, 'GB2Y5FGDM6O3FNNO3KOQKDHMOZZXYZQ6W5FBLEJA2ZIM5GXNHEAMNKSH');
  perform private.enroll_source_account(v_atlas, 'GBHIEBE2ZB2TDVCUQVU5I2BEWI2DIFWFHNSTQREGRFIG2FHJM2HSFHCR');

  for v_walk in
    select * from (values
      (v_ada, v_ben, date '2026-08-01', 'completed', 1),
      (v_ada, v_ben, date '2026-09-01', 'failed', 2),
      (v_ada, v_ben, date '2026-10-01', 'pending', 3),
      (v_ada, v_ben, date '2026-11-01', 'draft', 4),
      (v_cleo, v_dan, date '2026-10-01', 'completed', 5)
    ) as walk (preparer, approver, period_start, until, number)
  loop
    perform set_config('request.jwt.claims', json_build_object('sub', v_walk.preparer, 'role', 'authenticated')::text, true);
    select id into v_run
    from private.create_payroll_run(v_walk.period_start, (v_walk.period_start + interval '1 month - 1 day')::date, 'XLM', '', null, null);
    continue when v_walk.until = 'draft';

    perform private.submit_payroll_run(run.id, run.version, false, false) from public.payroll_runs as run where run.id = v_run;
    continue when v_walk.until = 'pending';

    perform set_config('request.jwt.claims', json_build_object('sub', v_walk.approver, 'role', 'authenticated')::text, true);
    perform private.approve_payroll_run(v_run, (select run.content_hash from public.payroll_runs as run where run.id = v_run));
    perform private.disburse_payroll_run(v_run, null);

    -- The worker's part, with a made-up ledger. In the failed run the last employee's account did not exist.
    update private.source_accounts as account
    set lease_token = gen_random_uuid(), leased_until = now() + interval '1 minute'
    where account.account_id = (select run.source_account from public.payroll_runs as run where run.id = v_run)
    returning account.lease_token into v_lease;

    for v_attempt in 1..(case v_walk.until when 'failed' then 2 else 1 end) loop
      select jsonb_agg(to_jsonb(planned) order by planned.operation_index) into v_operations
      from private.plan_operations(v_run, v_lease, 100) as planned;

      -- The transaction as a worker builds it.
      select run.* into v_paid from public.payroll_runs as run where run.id = v_run;
      v_number := (4294967296 * v_walk.number + v_attempt)::text;
      v_fee := jsonb_array_length(v_operations) * 100;
      select private.xdr_transaction(v_paid.source_account, v_number, v_fee, 1000, '2027-01-01', min(planned.memo_type),
        min(planned.memo), array_agg(
        private.xdr_operation(planned.operation_type, planned.destination, planned.asset_code, planned.asset_issuer, planned.amount)
        order by planned.operation_index)) into v_bytes
      from jsonb_to_recordset(v_operations) as planned (operation_index integer, operation_type text, destination text,
        asset_code text, asset_issuer text, amount numeric, memo_type text, memo text);
      v_hash := private.signed_bytes(v_bytes);

      select id into v_transaction
      from private.persist_transaction(
        v_run, v_lease, encode(v_hash, 'hex'),
        replace(encode('\x00000002'::bytea || v_bytes || '\x00000000'::bytea, 'base64'), e'\n', ''), v_number, v_fee, 1000, '2027-01-01',
        v_operations);

      -- Its ed25519 signature (RFC 8032).
      v_key := sha512(sha256(convert_to('payd development treasury of ' || case v_walk.preparer when v_cleo then 'Atlas' else 'Harbor' end,
        'UTF8')));
      v_secret := private.number_of_bytes(set_byte(set_byte(substr(v_key, 1, 32), 0, get_byte(v_key, 0) & 248), 31,
        (get_byte(v_key, 31) & 127) | 64)) % v_order;
      v_nonce := private.number_of_bytes(sha512(substr(v_key, 33) || v_hash)) % v_order;
      v_point := private.ed25519_sum(private.bytes_of_number(v_nonce), v_none, 0, 1);
      v_key := private.strkey_payload(v_paid.source_account);
      v_point := v_point || private.bytes_of_number(
        (v_nonce + private.number_of_bytes(sha512(v_point || v_key || v_hash)) % v_order * v_secret) % v_order);
      v_envelope := replace(encode('\x00000002'::bytea || v_bytes || '\x00000001'::bytea || substr(v_key, 29) || '\x00000040'::bytea
        || v_point, 'base64'), e'\n', '');

      perform private.begin_submission(v_transaction, v_lease, v_envelope);
      v_is_paid := v_walk.until = 'completed' or v_attempt = 2;
      perform private.record_outcome(jsonb_build_object(
        'transaction_id', v_transaction, 'proof', 'found_by_hash', 'ledger', 900 + v_walk.number, 'closed_at', now(),
        'envelope_xdr', v_envelope,
        -- Every operation is a payment: it was made (0), or the last destination did not exist (-5).
        'result_xdr', replace(encode(int8send(v_fee) || int4send(case when v_is_paid then 0 else -1 end)
          || int4send(jsonb_array_length(v_operations)) || (
            select string_agg('\x0000000000000001'::bytea
              || int4send(case when not v_is_paid and number = jsonb_array_length(v_operations) then -5 else 0 end), '' order by number)
            from generate_series(1, jsonb_array_length(v_operations)) as number)
          || '\x00000000'::bytea, 'base64'), e'\n', '')), v_lease);
    end loop;

    perform private.release_lease((select run.source_account from public.payroll_runs as run where run.id = v_run), v_lease, 0);
  end loop;

  update private.settings set network_passphrase = null, horizon_url = null;
end;
$seed$;
