-- migration: ed25519 signatures
-- Stellar accounts sign with ed25519 (RFC 8032). PostgreSQL has SHA-512 and exact integers of any size, so the database
-- checks a signature itself: a caller who merely reaches the database, with any key of the project, cannot pass an
-- envelope off as signed by a treasury. Only verification lives here. No secret is ever an argument, so the time that
-- it takes may be known. One verification takes about 20 ms; every transaction of up to 100 payments needs two.
-- author: PayD | date: 2026-11-30
-- tables: none | depends: 20261125000000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.number_of_bytes(little_endian bytea)
returns numeric
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare v_number numeric := 0;
begin
  for word in reverse length(little_endian) / 4 - 1..0 loop
    v_number := v_number * 4294967296
      + get_byte(little_endian, word * 4)
      + get_byte(little_endian, word * 4 + 1) * 256
      + get_byte(little_endian, word * 4 + 2) * 65536
      + get_byte(little_endian, word * 4 + 3)::bigint * 16777216;
  end loop;

  return v_number;
end;
$$;
comment on function private.number_of_bytes(bytea) is 'The number that bytes hold, lowest byte first.';

create function private.bytes_of_number(number numeric)
returns bytea
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_rest numeric := bytes_of_number.number;
  v_bytes bytea := '';
begin
  for byte in 1..32 loop
    v_bytes := v_bytes || substr(int2send((v_rest % 256)::smallint), 2, 1);
    v_rest := div(v_rest, 256);
  end loop;

  return v_bytes;
end;
$$;
comment on function private.bytes_of_number(numeric) is 'A number below 2^256 as 32 bytes, lowest byte first.';

create function private.ed25519_squared(value numeric, times integer)
returns numeric
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_prime constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_value numeric := ed25519_squared.value;
begin
  for time in 1..ed25519_squared.times loop
    v_value := v_value * v_value % v_prime;
  end loop;

  return v_value;
end;
$$;
comment on function private.ed25519_squared(numeric, integer) is 'A number squared so many times, modulo 2^255 - 19.';

create function private.ed25519_powers(value numeric, out inverse numeric, out root_candidate numeric)
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_prime constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_2 constant numeric := private.ed25519_squared(value, 1);
  v_9 constant numeric := private.ed25519_squared(v_2, 2) * value % v_prime;
  v_11 constant numeric := v_9 * v_2 % v_prime;
  -- From here on each name counts the one bits of the exponent.
  v_ones_5 constant numeric := private.ed25519_squared(v_11, 1) * v_9 % v_prime;
  v_ones_10 constant numeric := private.ed25519_squared(v_ones_5, 5) * v_ones_5 % v_prime;
  v_ones_20 constant numeric := private.ed25519_squared(v_ones_10, 10) * v_ones_10 % v_prime;
  v_ones_40 constant numeric := private.ed25519_squared(v_ones_20, 20) * v_ones_20 % v_prime;
  v_ones_50 constant numeric := private.ed25519_squared(v_ones_40, 10) * v_ones_10 % v_prime;
  v_ones_100 constant numeric := private.ed25519_squared(v_ones_50, 50) * v_ones_50 % v_prime;
  v_ones_200 constant numeric := private.ed25519_squared(v_ones_100, 100) * v_ones_100 % v_prime;
  v_ones_250 constant numeric := private.ed25519_squared(v_ones_200, 50) * v_ones_50 % v_prime;
begin
  inverse := private.ed25519_squared(v_ones_250, 5) * v_11 % v_prime;
  root_candidate := private.ed25519_squared(v_ones_250, 2) * value % v_prime;
end;
$$;
comment on function private.ed25519_powers(numeric) is
  'A number to the powers p - 2 (its inverse) and (p - 5) / 8 (for square roots), modulo p = 2^255 - 19.';

create function private.ed25519_point(compressed bytea, out x numeric, out y numeric)
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_prime constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_d constant numeric := 37095705934669439343138083508754565189542113879843219016388785533085940283555;
  v_root_of_minus_one constant numeric :=
    19681161376707505956807079304988542015446066515923890162744021073123829784752;
  v_sign constant integer := get_bit(compressed, 255);
  v_y constant numeric := private.number_of_bytes(set_bit(compressed, 255, 0));
  v_square constant numeric := v_y * v_y % v_prime;
  v_u constant numeric := (v_square - 1) % v_prime;
  v_v constant numeric := (v_d * v_square + 1) % v_prime;
  v_v3 constant numeric := v_v * v_v % v_prime * v_v % v_prime;
  v_x numeric;
begin
  if v_y >= v_prime then
    return;
  end if;

  -- x² = u / v, of which u v³ (u v⁷)^((p - 5) / 8) is a root, or a root when it is multiplied by the root of -1.
  v_x := v_u * v_v3 % v_prime * (
    select powers.root_candidate
    from private.ed25519_powers(v_u * v_v3 % v_prime * v_v3 % v_prime * v_v % v_prime) as powers) % v_prime;

  if (v_v * (v_x * v_x % v_prime) - v_u) % v_prime <> 0 then
    if (v_v * (v_x * v_x % v_prime) + v_u) % v_prime <> 0 then
      return;
    end if;
    v_x := v_x * v_root_of_minus_one % v_prime;
  end if;

  v_x := (v_x + v_prime) % v_prime;

  if v_x = 0 and v_sign = 1 then
    return;
  end if;

  x := case when (v_x % 2)::integer = v_sign then v_x else v_prime - v_x end;
  y := v_y;
end;
$$;
comment on function private.ed25519_point(bytea) is
  'The point of the curve that 32 bytes stand for, or null when they stand for none.';

create function private.ed25519_sum(base_factor bytea, factor bytea, x numeric, y numeric)
returns bytea
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_prime constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_2d constant numeric := 16295367250680780974490674513165176452449235426866156013048779062215315747161;
  v_base_x constant numeric := 15112221349535400772501151409588531511454012693041857206046113283949847762202;
  v_base_y constant numeric := 46316835694926478169428394003475163141307993866256225615783033603165251855960;
  -- The base point, the given point and their sum, in extended coordinates (x = X / Z, y = Y / Z, x y = T / Z).
  v_xs numeric[] := array[v_base_x, ed25519_sum.x];
  v_ys numeric[] := array[v_base_y, ed25519_sum.y];
  v_zs numeric[] := array[1::numeric, 1];
  v_ts numeric[] := array[v_base_x * v_base_y % v_prime, ed25519_sum.x * ed25519_sum.y % v_prime];
  v_x numeric := v_base_x;
  v_y numeric := v_base_y;
  v_z numeric := 1;
  v_t numeric := v_ts[1];
  a numeric;
  b numeric;
  c numeric;
  d numeric;
  e numeric;
  f numeric;
  g numeric;
  h numeric;
  v_entry integer := 2;
begin
  -- Bit -1 is the sum of both points, which completes the table; then both factors are walked from their highest bit.
  for bit in reverse 253..0 loop
    if bit < 253 then
      a := v_x * v_x % v_prime;
      b := v_y * v_y % v_prime;
      h := a + b;
      e := (h - (v_x + v_y) * (v_x + v_y)) % v_prime;
      g := a - b;
      f := (2 * v_z * v_z + g) % v_prime;
      v_x := e * f % v_prime;
      v_y := g * h % v_prime;
      v_z := f * g % v_prime;
      v_t := e * h % v_prime;
      v_entry := get_bit(ed25519_sum.base_factor, bit) + 2 * get_bit(ed25519_sum.factor, bit);
    end if;

    if v_entry > 0 then
      a := (v_y - v_x) * (v_ys[v_entry] - v_xs[v_entry]) % v_prime;
      b := (v_y + v_x) * (v_ys[v_entry] + v_xs[v_entry]) % v_prime;
      c := v_t * v_2d % v_prime * v_ts[v_entry] % v_prime;
      d := 2 * v_z * v_zs[v_entry] % v_prime;
      e := b - a;
      f := d - c;
      g := d + c;
      h := b + a;
      v_x := e * f % v_prime;
      v_y := g * h % v_prime;
      v_z := f * g % v_prime;
      v_t := e * h % v_prime;
    end if;

    if bit = 253 then
      v_xs := v_xs || v_x;
      v_ys := v_ys || v_y;
      v_zs := v_zs || v_z;
      v_ts := v_ts || v_t;
      -- The neutral point.
      v_x := 0;
      v_y := 1;
      v_z := 1;
      v_t := 0;
    end if;
  end loop;

  select powers.inverse into a from private.ed25519_powers((v_z + v_prime) % v_prime) as powers;
  v_x := (v_x * a % v_prime + v_prime) % v_prime;
  v_y := (v_y * a % v_prime + v_prime) % v_prime;

  return set_bit(private.bytes_of_number(v_y), 255, (v_x % 2)::integer);
end;
$$;
comment on function private.ed25519_sum(bytea, bytea, numeric, numeric) is
  'The base point times one factor plus a point times another, compressed. Factors are 32 bytes, lowest first.';

create function private.is_ed25519_signature(public_key bytea, message bytea, signature bytea)
returns boolean
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_prime constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  v_order constant numeric := 7237005577332262213973186563042994240857116359379907606001950938285454250989;
  v_point record;
  v_hash numeric;
begin
  if length(public_key) <> 32 or length(signature) <> 64
    -- Without this bound every signature would have a second form.
    or private.number_of_bytes(substr(signature, 33)) >= v_order then
    return false;
  end if;

  select point.x, point.y into v_point from private.ed25519_point(public_key) as point;

  if v_point.x is null then
    return false;
  end if;

  v_hash := private.number_of_bytes(sha512(substr(signature, 1, 32) || public_key || message)) % v_order;

  -- S B = R + k A, written as R = S B + k (-A).
  return substr(signature, 1, 32) = private.ed25519_sum(
    substr(signature, 33), private.bytes_of_number(v_hash), v_prime - v_point.x, v_point.y);
end;
$$;
comment on function private.is_ed25519_signature(bytea, bytea, bytea) is
  'Whether a signature of a message was made with the secret key of an ed25519 public key (RFC 8032).';
