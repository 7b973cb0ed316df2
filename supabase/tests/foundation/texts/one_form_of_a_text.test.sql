begin;
\ir ../../_shared/setup.sql.raw
select plan(68);

select is(private.tidy_text(given), kept, format('the text is stored in one form: %s', what))
from (values
  (E'Zoe\u0308', E'Zo\u00eb', 'a letter and its accent become one letter'),
  (E' \t\u00a0Ada\u3000\ufeff\r\n', 'Ada', 'blanks of every kind around it are cut'),
  ('Ada  Lovelace', 'Ada  Lovelace', 'blanks inside stay'),
  ('', '', 'an empty text stays empty'),
  (null, null, 'no text stays none')
) as cases (given, kept, what);

select is(private.required_text('It', given, 100), kept, format('a text that is needed is accepted: %s', what))
from (values
  (E'Two\nlines', E'Two\nlines', 'with a line end inside'),
  (E'\u0939\u093f\u0928\u094d\u200d\u0926\u0940', E'\u0939\u093f\u0928\u094d\u200d\u0926\u0940', 'with a joiner that its script needs')
) as cases (given, kept, what);

select is(tests.error_of(format('select private.required_text(''It'', %L, 100)', given)) ~ code, true,
  format('a text that is needed is refused as %s: %s', code, what))
from (values
  (null, 'text_missing', 'none'), (E' \t\n', 'text_missing', 'blanks only'),
  (E'\u200b', 'text_missing', 'a zero-width blank only'), (E'\u3164', 'text_missing', 'a Hangul filler only'),
  (E'\ufe0f', 'text_missing', 'a variation selector only'), (E'\u00ad\u2060', 'text_missing', 'soft hyphens only'),
  (E'Be\u0007ll', 'control_character_refused', 'with a bell'), (E'De\u007fl', 'control_character_refused', 'with a delete'),
  (E'a\u202egpj.exe', 'control_character_refused', 'with a turn of direction'),
  (E'a\u0085\u009bb', 'control_character_refused', 'with a control character of the second block'),
  (repeat('x', 101), 'text_too_long', 'one character too many'),
  (repeat('SA', 300000), 'text_too_long', 'half a megabyte of letters of a key')
) as cases (given, code, what);

select is(private.is_email(address), false, format('an e-mail address must not have %s', what))
from (values
  (E'a\u3164@acme.example', 'a Hangul filler'), (E'a\ufe0f@acme.example', 'a variation selector'),
  (E'a\u00ad@acme.example', 'a soft hyphen'), (E'a\U000e0041@acme.example', 'a tag'),
  (E'a\u034f@acme.example', 'a grapheme joiner'), (E'zoe\u0308@acme.example', 'a letter and its accent apart'),
  (E'\uff41da@acme.example', 'a letter of full width'), (E'\ufb01n@acme.example', 'two letters in one sign'),
  (E'\u0430da@acme.example', 'a Cyrillic letter in a Latin word'), (E'ad\u03b1@acme.example', 'a Greek letter in a Latin word'),
  (E'ada@ac\u043ce.example', 'a Cyrillic letter in a Latin host')
) as cases (address, what);

select is(private.is_email(address), true, format('an e-mail address may have %s', what))
from (values
  (E'\u0438\u0432\u0430\u043d@\u043f\u043e\u0447\u0442\u0430.example', 'Cyrillic words alone'),
  (E'ivan.\u0438\u0432\u0430\u043d@acme.example', 'words of two alphabets beside each other'),
  (E'zo\u00eb@b\u00fccher.example', 'letters with accents')
) as addresses (address, what);

select is(private.tidy_name(given), kept, format('a name is kept without what nobody sees: %s', what))
from (values
  (E'Ve\u200bra\u3164', 'Vera', 'a zero-width blank and a filler'), (E'Zoe\u0308', E'Zo\u00eb', 'an accent of its own'),
  (E'\u200f\u05d3\u05df\u200e', E'\u05d3\u05df', 'marks of direction'),
  (E'\u0939\u093f\u0928\u094d\u200d\u0926\u0940', E'\u0939\u093f\u0928\u094d\u200d\u0926\u0940', 'a joiner that a script needs stays'),
  (E'\u9089\U000e0100', E'\u9089\U000e0100', 'a variant of an ideograph stays')
) as names (given, kept, what);

select is(private.person_key(given, 'Nunez'), private.person_key('Vera', 'Nunez'), format('a person is known again: %s', what))
from (values
  ('VERA', 'in capitals'), (E'V\u0435ra', 'with a Cyrillic letter'), (E'V\u03b5ra', 'with a Greek letter'),
  (E'V\u00e9ra', 'with an accent'), (E'\uff36era', 'with a letter of full width'), (E'Ve\u3164ra', 'with a filler'),
  (E'V\u200de\ufe0fra', 'with a joiner and a selector'), (E'Ve\U000e0041ra', 'with a tag'), (' V-era.', 'with signs')
) as names (given, what);
select is(private.person_key('Ilse', 'Lill'), private.person_key('llse', 'Li1l'), 'letters that look like bars are one');
select isnt(private.person_key('Vera', 'Nunez'), private.person_key('Vera', 'Munez'), 'other names stay others');

select is(private.folded_text(given), folded, format('%s is compared as %s', given, folded))
from (values
  ('Núñez', 'nunez'), (E'Nun\u0303ez', 'nunez'), ('NUNEZ', 'nunez'), ('Straße', 'strasse'), ('Søren Ærø', 'soren aero'),
  ('Łukasz Đoković', 'lukasz dokovic'), ('Müller', 'muller')
) as cases (given, folded);

select is(private.spreadsheet_text(given), '''' || given, format('a spreadsheet does not run a text %s', what))
from (values
  ('=HYPERLINK("x")', 'that begins with an equals sign'), ('@SUM(1)', 'that begins with an at sign'),
  (E'\n=1+1', 'that begins with a line end'), (E' =1+1', 'that begins with a blank'),
  (E'\u00a0=1+1', 'that begins with a hard blank'), (E'\uff1d1+1', 'with an equals sign of full width'),
  (E'\uff0b1', 'with a plus of full width'), (E'\uff0d1', 'with a minus of full width'),
  (E'\uff20SUM(1)', 'with an at sign of full width'), (E'\rx', 'that begins with a return')
) as cases (given, what);
select is(private.spreadsheet_text(given), given, format('a spreadsheet gets %s as it is', what))
from (values ('Ada Lovelace', 'a name'), ('a=b', 'an equals sign inside a text')) as cases (given, what);

select * from finish();
rollback;
