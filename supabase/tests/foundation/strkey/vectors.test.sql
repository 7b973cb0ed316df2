begin;
\ir ../../_shared/setup.sql.raw
select plan(10);

-- Encoded by the Stellar SDK from sha256('payd vector <n>').
create temporary table vectors (kind text, address text);
insert into vectors values
    ('G', 'GB6TIIJTYUWACQWNRC3KTQBI4Y7IARJH572USRUDBFGUCQUMWRKY3ZJJ'),
    ('C', 'CB6TIIJTYUWACQWNRC3KTQBI4Y7IARJH572USRUDBFGUCQUMWRKY25MQ'),
    ('S', 'SB6TIIJTYUWACQWNRC3KTQBI4Y7IARJH572USRUDBFGUCQUMWRKY252W'),
    ('M', 'MB6TIIJTYUWACQWNRC3KTQBI4Y7IARJH572USRUDBFGUCQUMWRKY2OWAQHMKHNW5HRES2'),
    ('G', 'GCA3CBPQ7TS4RGYAX2EWFRLJJ7WF3EJE7FI2OUTJEUJGRPS7ZVIPYQW4'),
    ('C', 'CCA3CBPQ7TS4RGYAX2EWFRLJJ7WF3EJE7FI2OUTJEUJGRPS7ZVIPZUTF'),
    ('S', 'SCA3CBPQ7TS4RGYAX2EWFRLJJ7WF3EJE7FI2OUTJEUJGRPS7ZVIPZUFD'),
    ('M', 'MCA3CBPQ7TS4RGYAX2EWFRLJJ7WF3EJE7FI2OUTJEUJGRPS7ZVIPZ75YAHYRLF4R3FXFM'),
    ('G', 'GAHM3YF5UO2IWZEFSOAW375FMRVTV3VVYJERNPMOKKSA2G2OFGKELUHS'),
    ('C', 'CAHM3YF5UO2IWZEFSOAW375FMRVTV3VVYJERNPMOKKSA2G2OFGKEKQCL'),
    ('S', 'SAHM3YF5UO2IWZEFSOAW375FMRVTV3VVYJERNPMOKKSA2G2OFGKEKQUN'),
    ('M', 'MAHM3YF5UO2IWZEFSOAW375FMRVTV3VVYJERNPMOKKSA2G2OFGKELOE4UOBAFWJ2PRPSA'),
    ('G', 'GBPV6GQSGMPSK66WLZYSQIYUTALGMWM2ZPQ4U2PC7EXVKVEIPP22LZZY'),
    ('C', 'CBPV6GQSGMPSK66WLZYSQIYUTALGMWM2ZPQ4U2PC7EXVKVEIPP22K54B'),
    ('S', 'SBPV6GQSGMPSK66WLZYSQIYUTALGMWM2ZPQ4U2PC7EXVKVEIPP22K5KH'),
    ('M', 'MBPV6GQSGMPSK66WLZYSQIYUTALGMWM2ZPQ4U2PC7EXVKVEIPP22KJ5IOLVDYUTTAZZ2Y'),
    ('G', 'GBE4JLBXC4H4TRLWVIWKZGPF3HE4TB7GAUCXTOOTRRUGF6QPX2355GXV'),
    ('C', 'CBE4JLBXC4H4TRLWVIWKZGPF3HE4TB7GAUCXTOOTRRUGF6QPX2354CSM'),
    ('S', 'SBE4JLBXC4H4TRLWVIWKZGPF3HE4TB7GAUCXTOOTRRUGF6QPX2354CEK'),
    ('M', 'MBE4JLBXC4H4TRLWVIWKZGPF3HE4TB7GAUCXTOOTRRUGF6QPX235477LPHJV3KZRASCDC'),
    ('G', 'GAHMT2PTHP6AGWYP3PT2LUNZAQYJ2HWSUVCT43NJY54DJZNGUAPJD2IW'),
    ('C', 'CAHMT2PTHP6AGWYP3PT2LUNZAQYJ2HWSUVCT43NJY54DJZNGUAPJC6NP'),
    ('S', 'SAHMT2PTHP6AGWYP3PT2LUNZAQYJ2HWSUVCT43NJY54DJZNGUAPJC63J'),
    ('M', 'MAHMT2PTHP6AGWYP3PT2LUNZAQYJ2HWSUVCT43NJY54DJZNGUAPJCAWAZFE2TUQCLZHDK'),
    ('G', 'GDUA2SEWMIH2V4K5D7X7SNM5MBMGP7AKLZ2IRPSUVZ3BTVP56SLUWXWH'),
    ('C', 'CDUA2SEWMIH2V4K5D7X7SNM5MBMGP7AKLZ2IRPSUVZ3BTVP56SLUXTT6'),
    ('S', 'SDUA2SEWMIH2V4K5D7X7SNM5MBMGP7AKLZ2IRPSUVZ3BTVP56SLUXTFY'),
    ('M', 'MDUA2SEWMIH2V4K5D7X7SNM5MBMGP7AKLZ2IRPSUVZ3BTVP56SLUXQG5FKXXJ374YTJUC'),
    ('G', 'GCR5Y4ERABFCISC3JZHR4LWY5UZNVLSIKYFSZ7SJZFOGHQ3DYATXT6XT'),
    ('C', 'CCR5Y4ERABFCISC3JZHR4LWY5UZNVLSIKYFSZ7SJZFOGHQ3DYATXS2SK'),
    ('S', 'SCR5Y4ERABFCISC3JZHR4LWY5UZNVLSIKYFSZ7SJZFOGHQ3DYATXS2EM'),
    ('M', 'MCR5Y4ERABFCISC3JZHR4LWY5UZNVLSIKYFSZ7SJZFOGHQ3DYATXSXNQMXWMYS3X5USPI'),
    ('G', 'GCJ442ZOKKAJNVUO5WZGW4MHRY3DUQGCWBSAKTOJDTUVD3KOZJTVWAV3'),
    ('C', 'CCJ442ZOKKAJNVUO5WZGW4MHRY3DUQGCWBSAKTOJDTUVD3KOZJTVXEQC'),
    ('S', 'SCJ442ZOKKAJNVUO5WZGW4MHRY3DUQGCWBSAKTOJDTUVD3KOZJTVXEGE'),
    ('M', 'MCJ442ZOKKAJNVUO5WZGW4MHRY3DUQGCWBSAKTOJDTUVD3KOZJTVXS274ZCBW4XD2ZV3C'),
    ('G', 'GDTNYCNTOSM4RSQ62OXBM3PCZEJYKHM52MGWJ2C4TZ2FOLCW2V7MNUEP'),
    ('C', 'CDTNYCNTOSM4RSQ62OXBM3PCZEJYKHM52MGWJ2C4TZ2FOLCW2V7MMQBW'),
    ('S', 'SDTNYCNTOSM4RSQ62OXBM3PCZEJYKHM52MGWJ2C4TZ2FOLCW2V7MMQXQ'),
    ('M', 'MDTNYCNTOSM4RSQ62OXBM3PCZEJYKHM52MGWJ2C4TZ2FOLCW2V7MMK2KISSU2XF36IJDA'),
    ('G', 'GCLP6CJQIDMEV3GO2I4A3U6CRGNOXRG62E7YIFBJQJ5TFM6QQ3DM73JJ'),
    ('C', 'CCLP6CJQIDMEV3GO2I4A3U6CRGNOXRG62E7YIFBJQJ5TFM6QQ3DM67MQ'),
    ('S', 'SCLP6CJQIDMEV3GO2I4A3U6CRGNOXRG62E7YIFBJQJ5TFM6QQ3DM672W'),
    ('M', 'MCLP6CJQIDMEV3GO2I4A3U6CRGNOXRG62E7YIFBJQJ5TFM6QQ3DM7MDRYIWR77GY4TZPC'),
    ('G', 'GDCYJXLITMBSETDXIFO5WG2UIC7XOIGR263J5MN6DNNUE5CW4Z5O55LH'),
    ('C', 'CDCYJXLITMBSETDXIFO5WG2UIC7XOIGR263J5MN6DNNUE5CW4Z5O4ZO6'),
    ('S', 'SDCYJXLITMBSETDXIFO5WG2UIC7XOIGR263J5MN6DNNUE5CW4Z5O4ZYY'),
    ('M', 'MDCYJXLITMBSETDXIFO5WG2UIC7XOIGR263J5MN6DNNUE5CW4Z5O5ODRV2GA4LPL6NLPU');

select is_empty(
  $$ select address from vectors where not private.is_strkey(address, kind) $$,
  'every address that the Stellar SDK encodes is valid');

select is_empty(
  $$
    select vectors.address, other.kind
    from vectors
    cross join (values ('G'), ('M'), ('C'), ('S')) as other (kind)
    where other.kind <> vectors.kind and private.is_strkey(vectors.address, other.kind)
  $$,
  'an address of one kind is no address of another kind');

-- A checksum of 16 bits finds every change of one character, at every place.
select is_empty(
  $$
    select mutated.address
    from (select * from vectors order by kind, address) as vector
    cross join generate_series(1, length(vector.address)) as place
    cross join regexp_split_to_table('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '') as letter
    cross join lateral (select overlay(vector.address placing letter from place for 1) as address) as mutated
    where mutated.address <> vector.address
      and vector.address in (select min(address) from vectors group by kind)
      and private.is_strkey(mutated.address, vector.kind)
  $$,
  'one mistyped character makes every address invalid');

select is_empty(
  $$
    select mutated.address
    from vectors as vector
    cross join generate_series(2, length(vector.address) - 1) as place
    cross join lateral (
      select overlay(
        vector.address placing substr(vector.address, place + 1, 1) || substr(vector.address, place, 1)
        from place for 2) as address
    ) as mutated
    where vector.kind = 'G'
      and mutated.address <> vector.address
      and private.is_strkey(mutated.address, 'G')
  $$,
  'two swapped characters make an address invalid');

select is_empty(
  $$
    select changed.address
    from vectors
    cross join lateral (values
      (left(address, -1)), (address || 'A'), (substr(address, 2)), ('G' || address), (address || ' '), (' ' || address),
      (E'\n' || address),
      (address || E'\n'), (lower(address)), (initcap(address)), (replace(address, 'O', '0')), (address || '='), (''),
      (address || address)
    ) as changed (address)
    where changed.address <> vectors.address
      and private.is_strkey(changed.address, vectors.kind)
  $$,
  'an address that is too long, too short, in lower case or has blanks is invalid');

select is_empty(
  $$
    select code from generate_series(0, 255) as code
    where private.is_strkey(
      overlay((select min(address) from vectors where kind = 'G') placing chr(code + 1) from 10 for 1), 'G')
     and chr(code + 1) <> substr((select min(address) from vectors where kind = 'G'), 10, 1) $$,
  'no other character, printable or not, can stand in an address');

select is(private.is_strkey(null, 'G'), false, 'a null address is invalid');
select is(
  private.is_strkey((select min(address) from vectors where kind = 'G'), 'X'), false,
  'a kind of address that does not exist has no valid address');
select is(
  private.is_strkey((select min(address) from vectors where kind = 'G'), null), false,
  'a null kind has no valid address');
-- The invalid addresses given by SEP-23.
select is_empty(
  $$
    select address
    from (values
      ('GAAAAAAAACGC6'), ('GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZA'),
      ('GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUACUSI'),
      ('G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I'),
      ('MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA'),
      ('M47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ'), ('not-an-address')
    ) as wrong (address)
    where private.is_strkey(address, 'G') or private.is_strkey(address, 'M')
  $$,
  'the invalid addresses given by SEP-23 are refused');

select * from finish();
rollback;
