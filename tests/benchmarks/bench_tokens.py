"""Exact streaming counts against shortcuts: what they cost, and how wrong the shortcuts are.

Run it: ``python tests/benchmarks/bench_tokens.py``. Read the ratios; times depend on the machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import reactivex as rx
from compare import compare
from corpus import english, multilingual, token_chunks

from rx_stream import TokenCounter, chunk_text
from rx_stream.core.tokens.vocabulary import encoding_of

ENCODING = encoding_of("o200k_base")
encode = ENCODING.encode_ordinary

TEXTS = {
    "English": "The kettle had been on the stove for an hour before anyone noticed the smell.",
    "German": "Der Kessel stand schon eine Stunde auf dem Herd, ehe jemand den Geruch bemerkte.",
    "French": "La bouilloire était sur le feu depuis une heure quand on remarqua enfin l'odeur.",
    "Spanish": "La tetera llevaba una hora en el fuego antes de que alguien notara el olor.",
    "Russian": "Чайник стоял на плите уже целый час, прежде чем кто-то заметил запах.",
    "Greek": "Ο βραστήρας ήταν μια ώρα στη φωτιά πριν κάποιος προσέξει τη μυρωδιά.",
    "Hindi": "किसी के गंध पहचानने से पहले केतली एक घंटे से चूल्हे पर रखी थी।",
    "Arabic": "كانت الغلاية على الموقد منذ ساعة قبل أن يلاحظ أحد الرائحة.",
    "Chinese": "水壶在炉子上烧了整整一个小时，才有人注意到那股味道。",
    "Japanese": "誰かが匂いに気づくまで、やかんは一時間もコンロの上にあった。",
    "Korean": "누군가 냄새를 알아차리기 전에 주전자는 한 시간이나 불 위에 있었다.",
    "Python": "def notice(kettle):\n    return kettle.minutes > 60 and kettle.smell is not None\n",
    "JSON": '{"kettle":{"minutes":60,"smell":true},"noticed":[null,1.5,"late"]}',
}


def exact(chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        feed = TokenCounter().feed
        for chunk in chunks:
            feed(chunk)

    return run


def per_chunk(chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        for chunk in chunks:
            len(encode(chunk))

    return run


def whole_each_time(chunks: list[str]) -> Callable[[], None]:
    def run() -> None:
        text = ""
        for chunk in chunks:
            text += chunk
            len(encode(text))

    return run


class _Busy:
    """A thread that keeps the interpreter busy, as a server's other work does."""

    def __enter__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._spin)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _spin(self) -> None:
        count = 0
        while not self._stop.is_set():
            for _ in range(1_000):  # Bytecode: it wants the interpreter lock all the time.
                count += 1


def beside_a_busy_thread(chunks: list[str], rounds: int = 9) -> float:
    """Print what counting costs beside a busy thread; return by how much ours is faster.

    tiktoken releases the interpreter lock in each call. Whether the other thread is awake in time
    to take it, and then keeps it for its 5 ms, is luck: so the sums are compared, not the medians.
    """
    ways = {"exact": exact(chunks), "encode each chunk": per_chunk(chunks)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            with _Busy():
                begin = time.perf_counter()
                run()
                times[name].append((time.perf_counter() - begin) / len(chunks) * 1e6)
    print(f"\n{len(chunks)} chunks beside a thread that is busy, us each")
    print(f"  {'':38s} {'mean':>8s} {'best':>8s} {'worst':>8s}")
    for name, took in times.items():
        print(f"  {name:38s} {sum(took) / rounds:8.2f} {min(took):8.2f} {max(took):8.2f}")
    return sum(times["encode each chunk"]) / sum(times["exact"])


def sliced(text: str, most: int) -> Callable[[], None]:
    """Return the usual way to cut at tokens, which breaks characters."""

    def run() -> None:
        ids = encode(text)
        for start in range(0, len(ids), most):
            ENCODING.decode(ids[start : start + most])

    return run


def fixed(text: str, most: int) -> Callable[[], None]:
    def run() -> None:
        rx.of(text).pipe(chunk_text(most, strategy="fixed")).subscribe(lambda _: None)

    return run


def shortcuts() -> None:
    """Print how far the usual shortcuts are from the truth."""
    print("\nerror of what others do, % of the true count, on chunks of 5 characters")
    names = ("encode each chunk", "one a chunk", "words", "characters / 4")
    print(f"  {'':12s}" + "".join(f"{name:>20s}" for name in names))
    for name, text in TEXTS.items():
        text = " ".join([text] * 8)
        chunks = [text[i : i + 5] for i in range(0, len(text), 5)]
        true = len(encode(text))
        counter = TokenCounter()
        for chunk in chunks:
            counter.feed(chunk)
        assert counter.total == true
        assert counter.exact
        guesses = (
            sum(len(encode(chunk)) for chunk in chunks),
            len(chunks),
            len(text.split()),
            -(-len(text) // 4),
        )
        errors = "".join(f"{(guess - true) / true:20.0%}" for guess in guesses)
        print(f"  {name:12s}{errors}")


def main(size: int = 50_000, rounds: int = 7) -> dict[str, float]:
    """Print the tables; return the ratios by name."""
    found: dict[str, float] = {}
    for name, text in (("English", english()), ("multilingual", multilingual())):
        chunks = token_chunks(text)[:size]
        ratios = compare(
            f"counting {len(chunks)} {name} chunks of a model's own tokens",
            {"encode each chunk (wrong)": per_chunk(chunks), "exact": exact(chunks)},
            per=len(chunks),
            rounds=rounds,
        )
        found[f"tokens {name}: exact / encode each chunk"] = ratios["exact"]
    many = token_chunks(english())[:20_000]
    few = many[:4_000]
    ratios = compare(
        "4,000 chunks, against the whole text again for each",
        {"exact": exact(few), "whole text each time": whole_each_time(few)},
        per=len(few),
        rounds=3,
    )
    found["tokens: exact / whole text each time"] = 1 / ratios["whole text each time"]
    found["tokens beside a busy thread: exact / encode each"] = 1 / beside_a_busy_thread(few)
    text = english()[:200_000]
    compare(
        "cutting 200,000 characters into chunks of 50 tokens",
        {"slice and decode (breaks characters)": sliced(text, 50), "chunk_text": fixed(text, 50)},
        per=len(text),
        rounds=rounds,
    )
    shortcuts()
    return found


if __name__ == "__main__":
    main()
