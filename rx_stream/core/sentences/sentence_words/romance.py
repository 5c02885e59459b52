"""French, Spanish, Italian, Portuguese, Catalan, Romanian."""

from rx_stream.core.sentences.sentence_words.word_lists import WordLists

__all__ = ["ROMANCE"]

ROMANCE = {
    "fr": WordLists(
        never="""
            m mm mme mmes mlle mlles dr pr prof st ste me mgr chap fig p pp vol éd cf ex env av
            bd tél jan janv févr fév avr juil sept oct nov déc ltd adj adv al c.-à-d c.à.d coll
            cie dir hab hon ibid id ing inv i.e lt col gén cap sgt ms max min obs pl réf rel
            suppl t tabl trad vs
            """,
        sometimes="etc inc ltd s.a a.m p.m av.j.-c apr.j.-c j.-c s.a.r.l",
        starters="""
            le la les un une des il elle ils elles on nous vous je tu ce cette ces c'est dans en
            au aux mais et ou donc or ni car puis ensuite pour par avec sur si quand comment
            pourquoi que qui quel quelle où lorsque après avant depuis selon cependant ainsi
            alors aussi
            """,
        number="art no",
    ),
    "es": WordLists(
        never="""
            sr sra srta sres sras dr dra dres d dª dña prof profa lic ing arq st sta sto av avda
            c p pp pág págs núm nº cap caps cra fig figs vol vols ed eds cf cfr ej aprox tel ext
            ud uds vd vds ee jr gral cnel lcdo lcda alm cmdte cte dir dpto párr párrf párrs pbro
            mons fr hno hna min máx mt reg secc trad v vid p.ej lun mié jue vie sáb dom ene feb
            abr jun jul ago sep sept oct nov dic cía
            """,
        number="mar ext n° nº may no art arts",
        sometimes="etc s.a s.l a.c d.c a.m p.m ee.uu uu cía s.a.s ltda",
        starters="""
            el la los las un una unos unas él ella ellos ellas nosotros yo tú usted ustedes en
            por para con de y o pero si no es son este esta estos estas eso esto cuando como qué
            quién cómo dónde cuándo también además aunque según sin sobre su sus al hay ha han
            se lo le todo
            """,
    ),
    "it": WordLists(
        never="""
            sig sigg sig.ra sig.na sigra dott dott.ssa prof prof.ssa ing avv arch geom rag on
            sen sn spett gent egr ill pag pagg p pp cap fig vol n nn num es tel v cfr ca c.a gen
            feb apr mag giu lug ago set sett ott nov dic lun mer gio ven sab dom cod cell cd dr
            dir amm s st psicol rev mons fr suor col cap.no ten serg mar.llo gen.le on.le fam
            lgt ecc.mo ill.mo geogr ist comm par segr seg vs max min all ant lat long ediz trad
            rif sez ore
            """,
        sometimes="ecc etc s.p.a s.r.l a.c d.c",
        starters="""
            il lo la i gli le un uno una egli lui lei loro noi voi io tu in nel nella nei ma e o
            se non è sono questo questa questi queste quello quella grazie quando come perché
            chi che cosa dove anche poi dopo prima per con di da a al alla su si ci
            """,
        number="mar art artt",
    ),
    "pt": WordLists(
        never="""
            sr sra srta srs dr dra drs prof profa profs eng arq d dom av r p pp pág págs nº n
            cap fig vol ed ex p.ex aprox tel ten cel gen cap sgt alm exmo exma ilmo pe fr v vs
            séc jan fev abr mai jun jul ago set out nov dez obs ref
            """,
        sometimes="etc s.a ltda a.c d.c cia",
        starters="""
            o a os as um uma ele ela eles elas nós eu você vocês em no na nos nas mas e ou se
            não é são este esta estes isso isto quando como que quem onde por para com de do da
            também depois
            """,
        number="mar art",
    ),
    "ca": WordLists(
        never="""
            sr sra srs dr dra d na n prof st sta av avda c p pp pàg pàgs núm art cap fig vol ed
            cf ex p.ex aprox tel gen febr març abr ag set oct nov des
            """,
        sometimes="etc s.a s.l a.c d.c",
        starters="""
            el la els les un una uns unes ell ella ells elles nosaltres jo tu vostè en per amb
            de i o però si no és són aquest aquesta això quan com què qui on també
            """,
    ),
    "ro": WordLists(
        never="""
            dl dlui d-na d-l dna d-ra dr prof ing av arh st sf str nr pag p art al alin cap fig
            vol ex de.ex cca lt col gen cpt mr tel bl sc ap jud jr
            """,
        sometimes="etc s.a s.r.l ș.a î.hr d.hr a.m p.m",
        starters="""
            el ea ei ele noi voi eu tu un o în pe la cu de din dar și sau dacă când cum ce cine
            unde acest această acesta aceasta nu este sunt a au
            """,
    ),
}
