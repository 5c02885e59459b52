"""German, Dutch, Danish, Norwegian, Swedish, Icelandic."""

from rx_stream.core.sentences.sentence_words.word_lists import WordLists

__all__ = ["GERMANIC"]

GERMANIC = {
    "de": WordLists(
        never="""
            dr prof hr hrn frl dipl ing med phil rer nat jur theol habil st str nr s z.b z b d.h
            d h u.a u bzw ca evtl ggf inkl exkl sog vgl abs bd bde min mind tel v.a v z.t o.ä
            i.d.r i a mio mrd jan feb mär apr jun jul aug sep sept okt nov dez geb gest jr sen
            kath evang ev allg bes bspw ehem einschl entspr franz engl dt lat griech hrsg ders
            insb insbes jährl kfm lfd mtl südl nördl östl westl näml rd resp sr u.u zzgl ziff
            zit z.hd vorm verh urspr tägl schwed schriftl offiz österr milit bayer anm aufl ausg
            beil beisp bibl bildl biol chem gegr gem gen geogr gesch
            """,
        sometimes="usw etc gmbh ag co kg u.s u.a u.ä o.ä ä u.s.w u.v.m",
        starters="""
            der die das dem den des ein eine einen einem einer er sie es wir ihr ich du in im am
            an auf aber und oder doch dann danach wenn als nach bei mit für zu zum zur dies
            diese dieser dieses wer was wann warum wie wo auch jedoch außerdem deshalb daher
            heute man mein sein seine ihre unser alle viele kein keine nicht nun so da damit
            durch um von vor während
            """,
        ordinals=True,
        number="mo di mi do sa so art max kap abb tab",
    ),
    "nl": WordLists(
        never="""
            dhr mevr mw mr dr drs ir ing prof st nr blz p pp bijv bv d.w.z o.a m.b.t t.o.v t.a.v
            z.g.n m.n i.v.m i.p.v ca afk aanw evt incl excl jl max min mej ds ged gen kap kol lt
            luit maj resp vgl zgn z.o.z art fig hfst jan feb mrt apr jun jul aug sep sept okt
            nov dec tel
            """,
        sometimes="enz etc n.v b.v a.d nv e.d e.a",
        starters="""
            de het een hij zij ze wij we ik jij je u dit dat deze die in op maar en of dan toen
            als wat wie waar waarom hoe wanneer er ook bij met voor na om daarom echter
            """,
    ),
    "da": WordLists(
        never="""
            hr fr dr prof f.eks f eks bl.a bl ca nr s stk kap jf jvf evt inkl ekskl pga mht ift
            kl tlf fig mr mrs st skt p pp mt jan feb mar apr jun jul aug sep sept okt nov dec bd
            dvs adj afd alm ang arr bet civ eng etg fhv gl gr hhv højsk ing jr mag maks mia mio
            mvh nuv opr osfr pct pers pol ref resp str tab tidl vedr vha
            """,
        number="n° nº no art",
        sometimes="osv mv m.m m.fl o.l m.v etc co u.s e.u u.s.a a.m p.m",
        starters="""
            the han hun den det de vi jeg du i på men og eller så hvis når that they it how did
            hvordan hvad hvem hvor hvorfor hvilken dette disse en et der da efter med for til
            fra om ikke nu
            """,
        ordinals=True,
    ),
    "sv": WordLists(
        never="""
            hr fr dr prof t.ex t ex bl.a d.v.s dvs f.d m.a.o s.k o.s.v kl tel nr s sid st kap
            jfr inkl exkl ev fig p ca resp forts föreg ggr jan feb mar apr jun jul aug sep sept
            okt nov dec
            """,
        sometimes="osv etc m.m m.fl o.d u.s f.kr e.kr f.v.t",
        starters="""
            han hon den det de vi jag du ni en ett i på men och eller så om när där här detta
            denna dessa vad vem var varför hur efter med för till från inte nu som man
            """,
    ),
    "no": WordLists(
        never="""
            hr fr dr prof f.eks bl.a ca nr s kap jf evt inkl ekskl pga mht ift kl tlf fig st p
            dvs jan feb mar apr jun jul aug sep sept okt nov des adm dir avd red tidl vedr
            """,
        sometimes="osv mv m.m etc o.l m.fl f.kr e.kr",
        starters="""
            han hun den det de vi jeg du i på men og eller så hvis når hva hvem hvor hvorfor
            hvordan dette disse en et der da etter med for til fra om ikke nå som man
            """,
        ordinals=True,
    ),
    "is": WordLists(
        never="hr frú dr próf t.d þ.e þ.e.a.s skv u.þ.b nr bls sbr kl s.s a.m.k",
        sometimes="o.s.frv o.fl f.kr e.kr",
        starters="""
            hann hún það þeir þær þau við ég þú í á en og eða þegar ef þetta þessi hvað hver
            """,
        ordinals=True,
    ),
}
