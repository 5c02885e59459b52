"""Polish, Czech, Slovak, Slovene, Croatian, Serbian, Russian, Ukrainian, Bulgarian."""

from rx_stream.core.sentences.sentence_words.word_lists import WordLists

__all__ = ["SLAVIC"]

_CZECH = WordLists(
    never="""
        např tzv tzn tj mgr ing dr prof doc č str ul p pí r cca obr tab kap sv resp apod mj mudr
        judr phdr rndr bc plk gen kpt nám tř odst písm srov viz
        """,
    sometimes="atd a.s s.r.o aj",
    starters="""
        to ten ta on ona ono oni v na a ale i když kdo co kde proč jak po před při pro tento
        tato
        """,
    ordinals=True,
)

SLAVIC = {
    "pl": WordLists(
        never="""
            p prof dr hab inż mgr lek np tzn tzw tj m.in al ul pl św bł nr str s r w ok godz jw
            por zob bałt pt red ks o gen płk mjr kpt por ppor wg ww gł dot doc rys tab rozdz ust
            pkt art
            """,
        sometimes="itd itp etc in jr tys mln mld zł im",
        starters="""
            to ten ta on ona ono oni one w na i a ale po przy dla gdy kiedy jak co kto gdzie
            dlaczego jest są nie czy ja ty my wy
            """,
        ordinals=True,
    ),
    "cs": _CZECH,
    "sk": WordLists(
        never="""
            napr s.r.o s r o tzv tzn t.j tj resp mgr ing dr prof doc č str ul p pani r cca obr
            tab kap sv mudr judr phdr rndr bc plk gen kpt nám odst písm porov pozri
            """,
        sometimes="atď a.s s.r.o a.i",
        starters="""
            to ten ta on ona v na a ale i keď kto čo kde prečo ako po pred pri pre tento táto
            """,
        ordinals=True,
    ),
    "sl": WordLists(
        never="npr t.i t.j dr prof mag inž g ga gdč sv ul št str oz ok prim gl tel",
        sometimes="itd ipd d.o.o d.d",
        starters="to ta on ona ono v na in a ali ko kdo kaj kje zakaj kako po pri za",
        ordinals=True,
    ),
    "hr": WordLists(
        never="npr tj tzv dr prof mr ing g gđa gosp sv ul br str odn oko čl st tel sl",
        sometimes="itd itsl d.o.o d.d",
        starters="to taj ta on ona ono u na i a ali kad tko što gdje zašto kako po pri za",
        ordinals=True,
    ),
    "sr": WordLists(
        never="npr tj tzv dr prof mr br str нпр тј тзв др проф мр бр стр г гђа св ул чл",
        sometimes="itd итд д.о.о d.o.o",
        starters="""
            то тај та он она оно у на и а али кад ко шта где зашто како to taj on ona u na i a
            """,
        ordinals=True,
    ),
    "ru": WordLists(
        never="""
            г гг ул д стр см рис табл т ст проф акад доц инж гр т.е т.к т.н тыс млн млрд руб коп
            к кв куб п пп с св пер просп пл обл р вып вкл пр пгт пос дер оз гос чел напр ред изд
            ср мин макс род тел б-р наб ш корп оф гл разд ч ок прим юж сев зап вост
            """,
        sometimes="т.д т.п др пр и.о г гг н.э в вв руб коп тыс до.н.э им ум",
        starters="""
            он она оно они мы вы я ты это эта этот эти в во на по и а но если когда как что кто
            где почему зачем также однако после до для при с у о из за к ещё его её их там тогда
            """,
    ),
    "uk": WordLists(
        never="""
            м вул проф акад доц ін-т чл кор див стор с р рр ст п пп пл обл просп пров бул буд кв
            корп оф журн гр інж канд напр рис табл т тт тис млн млрд грн коп тел зав заст ред
            род пом д-р св оз сел смт пос о т.зв тобто ч год хв хвил сек
            """,
        sometimes="т.д т.п ін р рр н.е ст грн коп тис год вид наук ім",
        starters="""
            він вона воно вони ми ви я ти це ця цей ці у в на по і й а але якщо коли як що хто
            де чому також проте після до для при з із за його її їх там тоді
            """,
    ),
    "bg": WordLists(
        never="""
            г-н г-жа г-ца д-р проф доц акад инж арх ул бул пл гр с обл общ стр т бр ст напр вж
            св см ок р чл ал др кап ген полк лв ст тел ап вх ет изд ред рис табл хил млн млрд
            т.е т.нар т.н
            """,
        sometimes="и.др т.н др пр хр н.е г в сл пр.хр",
        starters="""
            той тя то те ние вие аз ти това този тази тези в във на по и а но ако когато как
            какво кой къде защо също след преди за при с от
            """,
    ),
}
