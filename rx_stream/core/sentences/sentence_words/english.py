"""English, which also serves languages that have no lists of their own."""

from rx_stream.core.sentences.sentence_words.word_lists import WordLists

__all__ = ["ENGLISH"]

ENGLISH = WordLists(
    never="""
        mr mrs ms mx messrs mmes mlle mme dr drs prof profs rev revd fr hon pres gov sen sens
        supt amb adm gen brig col maj capt cpt cmdr comdr lt sgt cpl pvt msgr pfc insp det mt
        mts ft ste bros rte hwy blvd univ dist vs viz cf e.g eg i.e ie cit ibid approx assn
        """,
    number="""
        no nos n° nº nr p pp pg pgs fig figs vol vols ch chs chap sec secs sect art arts eq eqs
        eqn ex exs ed eds para ca c op ext tel sen dec mon tue tues wed thu thur thurs fri sat
        sun jan feb mar apr jun jul aug sep sept oct nov see v ver tab ref refs thm lem cor
        """,
    sometimes="""
        etc inc ltd co corp llc plc esq u.s u.s.a u.k e.u u.n u.a.e a.m p.m am pm a.d b.c b.c.e
        c.e m.d d.d.s ph.d j.d b.a m.a m.b.a b.sc m.sc ll.b ll.m ed.d d.phil d.c n.y l.a jr sr
        st rd ave dr cf ed approx dept in ft lb lbs oz yd mi mph min hr hrs sec ne nw se sw gov
        est min max rep al
        """,
    starters="""
        the a an this that these those he she it they we you i his her its their our my your
        there here when where while what who why how which whose if in on at for from by with as
        but and or so yet then now however therefore moreover furthermore meanwhile although
        because since after before once did do does is are was were will would can could should
        has have had may might must let please next first second third finally also still even
        just no yes not one some many most all each every another both it's i'm he's she's
        they're we're you're i've i'll we'll we've you'll you've don't doesn't didn't isn't
        let's that's what's there's who's here's where's how's nobody nothing everyone
        everything someone something anyone thus instead perhaps maybe despite during until
        unlike under over through two three today yesterday tomorrow later soon
        """,
)
