from word_count.benchmarks import count_a_long_text
from word_count.counting import Count, count, render


def test_an_empty_text_has_nothing_to_read():
    assert count("") == Count(words=0, lines=0)
    assert count("").minutes == 0


def test_apostrophes_join_a_word_and_hyphens_part_it():
    assert count("it's a well-known fact") == Count(words=5, lines=1)


def test_every_script_counts():
    assert count("naïve Größe 東京 слово").words == 4


def test_a_begun_minute_counts_whole():
    assert Count(words=201, lines=1).minutes == 2


def test_the_longest_text_comes_first():
    lines = render([("a.md", count("one")), ("b.md", count("one two\nthree"))]).splitlines()

    assert [line.split()[0] for line in lines] == ["b.md", "a.md"]
    assert lines[0].split()[1:5] == ["3", "words", "2", "lines"]


def test_the_benchmark_runs():
    count_a_long_text()
