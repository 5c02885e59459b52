"""Greek, Uralic, Turkic, Korean, Armenian, Arabic, Persian, Hebrew and Indic languages."""

from rx_stream.core.sentences.sentence_words.word_lists import WordLists

__all__ = ["OTHERS"]

OTHERS = {
    "el": WordLists(
        never="""
            κ κα κος δρ δρα καθ αγ π.χ πχ δηλ βλ σελ σελσ τηλ λ.χ λχ αρ οδ λεωφ στρ εκ περ πρβλ
            παρ
            """,
        sometimes="κ.λπ κλπ κτλ κ.ά κ.α μ.χ π.χρ π.μ μ.μ α.ε ε.ε",
        starters="""
            ο η το οι τα ένας μια ένα αυτός αυτή αυτό στο στη στην σε και αλλά αν όταν πώς τι
            ποιος
            """,
    ),
    "fi": WordLists(
        never="""
            esim ts t.s tri prof rva hra hlö os s ss nro n v vrt ks mm oik synt k p puh huom ym
            ko eaa
            """,
        sometimes="jne yms ym ek jkr ekr eaa jaa oy oyj",
        starters="""
            hän se he ne me te minä sinä tämä nämä tuo kun jos mutta ja tai niin missä mikä kuka
            miksi
            """,
        ordinals=True,
    ),
    "et": WordLists(
        never="nt st s.t hr pr dr prof lk nr u v.a sh jaan veebr apr aug sept okt nov dets",
        sometimes="jne jms jm ekr pkr",
        starters="ta see nad need me te mina sina kui aga ja või siis kus mis kes miks",
        ordinals=True,
    ),
    "hu": WordLists(
        never="dr prof ifj id özv pl ún kb u ti ill vö ld szt sz old o u.n",
        sometimes="stb kft rt zrt nyrt i.e i.sz i.u",
        starters="a az ő ők ez egy és de ha mert mikor mi ki hol miért hogyan nem én te",
        ordinals=True,
    ),
    "tr": WordLists(
        never="dr prof doç av sn bn müh yrd öğr alb bkz s sf tel cad sok mah apt hz çev yay",
        number="no",
        sometimes="vb vs vd ltd şti a.ş m.ö m.s",
        starters="""
            bu o şu bir ve ama ancak fakat eğer ne kim nerede neden nasıl ben sen biz siz onlar
            """,
        ordinals=True,
    ),
    "ko": WordLists(ordinals=True),
    "kk": WordLists(
        never="""
            т.с.с т.б т.ғ.д т.ғ.к проф акад доц г қ м с к ж жж б бб п т көш д-р инж мыр обл пәт
            үй
            """,
        number="жыл",
        sometimes="т.б т.с.с т.т",
        starters="""
            ол олар біз сіз мен сен бұл осы сол бірақ және егер қашан не кім қайда неге қалай
            """,
    ),
    "hy": WordLists(never="պրոֆ դոկտ ակադ տ պ բն փ թ", starters="նա դա սա այս այդ"),
    "ar": WordLists(never="د أ م ص ق.م ت س ج أ.د د.م آ", sometimes="إلخ الخ ه هـ"),
    "fa": WordLists(never="د ق.م ص ج ر.ک", sometimes="ه ق.م"),
    "he": WordLists(never="ד פרופ מס עמ"),
    "hi": WordLists(never="डॉ प्रो श्री श्रीमती पं कु सं मि क्र रु"),
    "mr": WordLists(never="डॉ प्रा श्री श्रीमती पं सौ कु क्र रु"),
    "bn": WordLists(never="ড ডা ডাঃ মি মো মোঃ প্রফে নং"),
    "gu": WordLists(never="ડૉ શ્રી શ્રીમતી પ્રો કુ"),
    "pa": WordLists(never="ਡਾ ਪ੍ਰੋ ਸ੍ਰੀ ਸ"),
    "ml": WordLists(never="ഡോ മി പ്രൊ പ്രൊഫ ശ്രീ ശ്രീമതി നം അഡ്വ"),
    "ta": WordLists(never="டாக்டர் திரு திருமதி செல்வி பேரா எண்"),
    "te": WordLists(never="డా శ్రీ శ్రీమతి ప్రొ నం"),
    "kn": WordLists(never="ಡಾ ಶ್ರೀ ಶ್ರೀಮತಿ ಪ್ರೊ ನಂ"),
}
