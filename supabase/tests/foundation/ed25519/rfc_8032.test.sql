begin;
\ir ../../_shared/setup.sql.raw
select plan(15);

-- The vectors of RFC 8032, section 7.1.
create temporary table vectors (name text, seed bytea, public_key bytea, message bytea, signature bytea);
insert into vectors values
  ('without a message', '\x9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    '\xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '\x',
    '\xe5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'),
  ('of one byte', '\x4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '\x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '\x72',
    '\x92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'),
  ('of two bytes', '\xc5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    '\xfc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', '\xaf82',
    '\x6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a');
select ok(
  private.is_ed25519_signature(public_key, message, signature), format('the signature %s is valid', name))
from vectors;
select is(
  (select (signed.public_key, signed.signature) from tests.signed(vectors.seed, vectors.message) as signed),
  (vectors.public_key, vectors.signature), format('the tests sign a text %s as the standard does', name))
from vectors;

select is(
  private.is_ed25519_signature(wrong.key, wrong.message, wrong.signature), false, format('a signature with %s is invalid', what))
from (select * from vectors where name = 'of two bytes') as vector
cross join lateral (values
  (public_key, '\xaf83'::bytea, vector.signature, 'another message'),
  (set_bit(public_key, 3, 1 - get_bit(public_key, 3)), vector.message, vector.signature, 'another key'),
  (public_key, vector.message, set_bit(vector.signature, 5, 1 - get_bit(vector.signature, 5)), 'another first half'),
  (public_key, vector.message, set_bit(vector.signature, 300, 1 - get_bit(vector.signature, 300)),
    'another second half'),
  (public_key, vector.message, substr(vector.signature, 1, 63), 'a byte less'),
  (public_key, vector.message, substr(vector.signature, 1, 32) || private.bytes_of_number(
    private.number_of_bytes(substr(vector.signature, 33))
      + 7237005577332262213973186563042994240857116359379907606001950938285454250989),
    'its number written in a second form'),
  (decode(repeat('ff', 32), 'hex'), vector.message, vector.signature, 'a key that is no point of the curve'),
  (substr(public_key, 2), vector.message, vector.signature, 'a key of 31 bytes')
) as wrong (key, message, signature, what);
select is(
  private.is_ed25519_signature(null, '', ''), null, 'a signature without a key is neither valid nor invalid');

select * from finish();
rollback;
