"""Codes on papers: short, typeable, checked, not to be guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tibandu.base.codes import ALPHABET, CodeProblem, form_code, read_code


@given(some.text("QSZXDF", min_size=1, max_size=4), some.integers(0, 10**9))
def test_a_code_reads_back_as_what_it_was_made_of(kind, key):
    assert read_code(form_code(kind, key)) == (kind, key)


def test_a_code_is_the_same_every_time_and_has_no_sign_that_eyes_confuse():
    codes = [form_code("QS", key) for key in range(500)]
    assert codes == [form_code("QS", key) for key in range(500)]
    assert set("".join(codes)) - {"-"} <= set(ALPHABET)
    assert set("0O1IL") & set(ALPHABET) == set()
    assert max(len(code) for code in codes) == len("QS-7K3M-9XP")


def test_a_code_may_be_typed_small_with_blanks_or_in_full_width():
    code = form_code("QS", 87)
    typed = code.lower().replace("-", " ")
    assert read_code(typed) == ("QS", 87)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert read_code(f"　{wide}　") == ("QS", 87)


def test_every_single_wrong_sign_is_caught():
    code = form_code("QS", 4711).replace("-", "")
    for place in range(2, len(code)):
        for sign in ALPHABET.replace(code[place], ""):
            with pytest.raises(CodeProblem):
                read_code(code[:place] + sign + code[place + 1 :])


def test_a_wrong_code_is_refused_with_a_sentence():
    with pytest.raises(CodeProblem, match="多半是输错了一位"):
        read_code("QS-2222-222")
    with pytest.raises(CodeProblem, match="编码里不会出现“0、O”"):
        read_code("QS-0O22-222")
    with pytest.raises(CodeProblem, match="请输入表上的编码"):
        read_code(" - ")


def test_a_code_of_another_machine_is_refused_but_a_rotated_key_keeps_old_papers_good(settings):
    settings.SECRET_KEY = "the first key of this machine"
    code = form_code("QS", 87)
    settings.SECRET_KEY = "the second key of this machine"
    with pytest.raises(CodeProblem):
        read_code(code)
    settings.SECRET_KEY_FALLBACKS = ["the first key of this machine"]
    assert read_code(code) == ("QS", 87)


def test_a_kind_with_a_confusing_letter_is_a_mistake_of_the_programmer():
    with pytest.raises(ValueError, match="kind"):
        form_code("OL", 1)
    with pytest.raises(ValueError, match="negative"):
        form_code("QS", -1)
