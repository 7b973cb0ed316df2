-- migration: ed25519 keys of webhooks
-- Consumers that want no shared secret verify v1a with a public key. pgcrypto knows no ed25519, so the arithmetic of
-- RFC 8032 stands here: it makes the public half of a new key and reproduces what a worker signed. Workers sign with
-- their own runtime, which is a thousand times faster.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.ed25519_add(a numeric[], b numeric[])
returns numeric[]
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_p constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_2d constant numeric := 16295367250680780974490674513165176452449235426866156013048779062215315747161;
  v_a numeric := (ed25519_add.a[2] - ed25519_add.a[1]) * (ed25519_add.b[2] - ed25519_add.b[1]) % v_p;
  v_b numeric := (ed25519_add.a[2] + ed25519_add.a[1]) * (ed25519_add.b[2] + ed25519_add.b[1]) % v_p;
  v_c numeric := ed25519_add.a[4] * v_2d % v_p * ed25519_add.b[4] % v_p;
  v_d numeric := 2 * ed25519_add.a[3] * ed25519_add.b[3] % v_p;
begin
  -- Extended coordinates (X, Y, Z, T); the same formula doubles.
  return array[(v_b - v_a) * (v_d - v_c) % v_p, (v_d + v_c) * (v_b + v_a) % v_p, (v_d - v_c) * (v_d + v_c) % v_p,
    (v_b - v_a) * (v_b + v_a) % v_p];
end;
$$;
comment on function private.ed25519_add(numeric[], numeric[]) is 'The sum of two points of the curve.';

create function private.little_endian(value numeric)
returns bytea
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_rest numeric := little_endian.value;
  v_bytes bytea := decode(repeat('00', 32), 'hex');
begin
  for i in 0..31 loop
    v_bytes := set_byte(v_bytes, i, (v_rest % 256)::integer);
    v_rest := div(v_rest, 256);
  end loop;

  return v_bytes;
end;
$$;
comment on function private.little_endian(numeric) is 'A number as 32 bytes, the lowest first.';

create function private.from_little_endian(bytes bytea)
returns numeric
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_value numeric := 0;
begin
  for i in reverse octet_length(from_little_endian.bytes) - 1..0 loop
    v_value := v_value * 256 + get_byte(from_little_endian.bytes, i);
  end loop;

  return v_value;
end;
$$;
comment on function private.from_little_endian(bytea) is 'Bytes, the lowest first, as a number.';

create function private.ed25519_base_times(scalar bytea)
returns bytea
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_p constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_exponent constant bytea := decode('eb' || repeat('ff', 30) || '7f', 'hex');
  v_power numeric[] := array[
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960, 1,
    46827403850823179245072216630277197565144205554125654976674165829533817101731];
  v_sum numeric[] := array[0, 1, 1, 0];
  v_inverse numeric := 1;
  v_square numeric;
  v_x numeric;
  v_y numeric;
begin
  for i in 0..8 * octet_length(ed25519_base_times.scalar) - 1 loop
    if get_bit(ed25519_base_times.scalar, i) = 1 then
      v_sum := private.ed25519_add(v_sum, v_power);
    end if;
    v_power := private.ed25519_add(v_power, v_power);
  end loop;

  -- The inverse of Z is its power p - 2.
  v_square := v_sum[3];
  for i in 0..254 loop
    if get_bit(v_exponent, i) = 1 then
      v_inverse := v_inverse * v_square % v_p;
    end if;
    v_square := v_square * v_square % v_p;
  end loop;

  v_x := ((v_sum[1] * v_inverse) % v_p + v_p) % v_p;
  v_y := ((v_sum[2] * v_inverse) % v_p + v_p) % v_p;
  return private.little_endian(v_y + (v_x % 2) * 2::numeric ^ 255);
end;
$$;
comment on function private.ed25519_base_times(bytea) is 'The base point times a scalar, encoded.';

create function private.ed25519_scalar(seed bytea)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  select set_byte(set_byte(half.bytes, 0, get_byte(half.bytes, 0) & 248), 31, (get_byte(half.bytes, 31) & 63) | 64)
  from (select substr(sha512(ed25519_scalar.seed), 1, 32) as bytes) as half;
$$;
comment on function private.ed25519_scalar(bytea) is 'The secret scalar of a seed.';

create function private.ed25519_public_key(seed bytea)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$ select private.ed25519_base_times(private.ed25519_scalar(ed25519_public_key.seed)); $$;
comment on function private.ed25519_public_key(bytea) is 'The public key of a seed of 32 bytes.';

create function private.ed25519_sign(seed bytea, message bytea)
returns bytea
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_l constant numeric := 7237005577332262213973186563042994240857116359379907606001950938285454250989;
  v_nonce numeric := private.from_little_endian(sha512(substr(sha512(ed25519_sign.seed), 33)
    || ed25519_sign.message)) % v_l;
  v_point bytea := private.ed25519_base_times(private.little_endian(v_nonce));
  v_challenge numeric := private.from_little_endian(sha512(v_point || private.ed25519_public_key(ed25519_sign.seed)
    || ed25519_sign.message)) % v_l;
begin
  return v_point || private.little_endian((v_nonce
    + v_challenge * private.from_little_endian(private.ed25519_scalar(ed25519_sign.seed))) % v_l);
end;
$$;
comment on function private.ed25519_sign(bytea, bytea) is 'The signature of a message: the same for the same key.';
