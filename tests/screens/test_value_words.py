"""The words of closed vocabularies."""

import ast
from pathlib import Path

from app import enums
from app.enums import EntryKind, Level
from app.screens import words as word_lists
from app.screens.words import words


def test_a_level_and_a_kind_of_content_that_are_called_the_same_have_words_of_their_own():
    assert str(words(Level.COMMENT)) == "Read and comment"
    assert str(words(EntryKind.COMMENT)) == "Comment"


def test_no_value_is_given_words_twice_in_one_list():
    tree = ast.parse(Path(word_lists.__file__).read_text("utf-8"))
    lists = [node.value for node in tree.body if isinstance(node, ast.AnnAssign)]
    twice = []
    for one in lists:
        assert isinstance(one, ast.Dict)
        said: dict[str, str] = {}
        for key, text in zip(one.keys, one.values, strict=True):
            vocabulary, _, member = ast.unparse(key).partition(".")
            known = getattr(enums, vocabulary, None) or getattr(word_lists, vocabulary)
            value = str(known[member])
            if said.setdefault(value, ast.unparse(text)) != ast.unparse(text):
                twice.append(value)

    assert lists
    assert twice == []
