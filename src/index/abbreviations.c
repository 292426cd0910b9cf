#include "sentences.h"

#include "nightdesk/base/text.h"

#include <string.h>

struct entry {
    const char *words; /* lower case, separated by one space, with one at both ends */
    enum nd_abbreviation kind;
};

static const struct entry entries[] = {
    {" mr mrs ms mx dr prof st messrs rev hon capt col gen lt sgt gov sen rep mt ft "
     "e.g i.e eg ie vs cf viz resp approx incl excl a.k.a aka w.r.t ca c.f n.b p.s ph.d esp "
     "z.b d.h u.a z.t i.d.r m.e u.u o.ä vgl ggf sog evtl inkl bzw gem lfd hr fr frau "
     "p.ex p.ej c.-à-d mme mlle mm sra srta sig dott ing avv sr. dra ud uds "
     "d.w.z o.a m.b.t bijv t.e напр т.е т.к т.н т.о им ул просп акад проф ",
     ND_ABBREVIATION_NEVER_ENDS},
    {" no nos nr fig figs sec secs ch chap eq eqs eqn vol vols pp p pg art arts par para abs abb tab bd s "
     "app ver v ref refs sect tbl jan feb mar apr jun jul aug sep sept oct nov dec cap pág pag núm num nº n "
     "l ll f ff ex ed rel ser pt bl blz hfdst рис табл стр гл п ст прил сх ",
     ND_ABBREVIATION_BEFORE_NUMBER},
    {" etc usw ecc al др др пр т.д т.п inc ltd co corp bros jr sr a.m p.m min max avg std "
     "dev dept "
     "est ext govt intl misc tel temp ibid op cit loc ebd hrsg aufl mio mrd bzgl geb str enz env г гг руб "
     "тыс млн ",
     ND_ABBREVIATION_MAY_END},
};

enum nd_abbreviation nd_abbreviation_of(struct nd_view word)
{
    struct nd_bytes key = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_char(&key, ' ');
    for (size_t at = 0; at < word.len && key.len < 32;)
        nd_utf8_add(&key, nd_text_lower(nd_utf8_next(word, &at)));
    nd_bytes_add_char(&key, ' ');
    enum nd_abbreviation kind = ND_ABBREVIATION_NOT;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0] && kind == ND_ABBREVIATION_NOT; i++) {
        if (strstr(entries[i].words, key.data)) kind = entries[i].kind;
    }
    nd_bytes_release(&key);
    return kind;
}
