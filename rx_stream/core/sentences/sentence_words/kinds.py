"""Abbreviations that have rules of their own."""

from __future__ import annotations

__all__ = ["DEGREES", "ERAS", "HOURS", "LAST_OF_A_LIST", "UNITS"]

HOURS = frozenset({"a.m", "p.m", "am", "pm"})
ERAS = frozenset({"b.c", "a.d", "b.c.e", "c.e"})
UNITS = frozenset(
    {"in", "ft", "lb", "lbs", "oz", "yd", "mi", "mph", "min", "hr", "hrs", "sec"}
    | {"ne", "nw", "se", "sw"}
)
DEGREES = frozenset(
    {"ph.d", "d.phil", "m.d", "d.d.s", "j.d", "ed.d"}
    | {"b.a", "m.a", "m.b.a", "b.sc", "m.sc", "ll.b", "ll.m"}
)
LAST_OF_A_LIST = frozenset(
    {"etc", "usw", "ecc", "enz", "osv", "itd", "itp", "atd", "at\u010f", "stb", "jne"}
    | {"т.д", "т.п", "др", "пр", "κλπ", "κ.λπ", "κτλ"}
)
