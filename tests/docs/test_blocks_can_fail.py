"""The runner of the documentation fails when a block is wrong, and says where."""

from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks, run_console, run_python


def page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_text(text)
    return path


def only(folder: Path, text: str) -> Block:
    (block,) = blocks(page(folder, text))
    return block


def test_an_excuse_needs_a_reason(tmp_path: Path) -> None:
    assert only(tmp_path, "```python\n1\n```\n").runs
    assert not only(tmp_path, "<!-- not run: takes an hour -->\n```python\n1\n```\n").runs
    assert only(tmp_path, "<!-- not run: -->\n```python\n1\n```\n").runs


def test_rejects_an_open_block(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 2: the block is not closed"):
        blocks(page(tmp_path, "text\n```python\n1\n"))


def test_a_wrong_python_block_fails_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_python(only(tmp_path, "one\ntwo\n\n```python\nx = 1\nx / 0\n```\n"), {})
    assert caught.traceback[-1].lineno + 1 == 6


def test_a_console_block_compares_the_output(tmp_path: Path) -> None:
    run_console(only(tmp_path, "```console\n$ echo one two\none ...\n$ true\n```\n"), tmp_path)
    with pytest.raises(AssertionError, match="printed"):
        run_console(only(tmp_path, "```console\n$ echo one\ntwo\n```\n"), tmp_path)


def test_a_command_that_fails_is_no_output(tmp_path: Path) -> None:
    run_console(only(tmp_path, '```console\n$ false || echo "code $?"\ncode 1\n```\n'), tmp_path)
    with pytest.raises(AssertionError, match="`echo one; false` ended with 1"):
        run_console(only(tmp_path, "```console\n$ echo one; false\n...\n```\n"), tmp_path)


def test_rejects_a_console_block_without_a_command(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="starts with"):
        run_console(only(tmp_path, "```console\necho one\n```\n"), tmp_path)
