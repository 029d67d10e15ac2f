"""What one new comment costs beside hundreds: CPU time of all runs it causes, against the same beside three."""

from __future__ import annotations

from rich_text import to_adf

from .stage import Bench, bench

PLAIN = "The host sent some data to an address in another country, which nobody here knows.\n\n"
RICH = """## Findings

The **role** `arn:aws:iam::111122223333:role/x` was *used* from [a host](https://example.com/1) at noon.

- first **item**
- second item with `code`

| a | b |
| --- | --- |
| 1 | **2** |

"""
TIMES = 5


def cost(text: str, size: int, known: int) -> float:
    """Seconds of CPU for a comment on an issue that has so many of this size already: the least of some."""
    document = to_adf((text * (size // len(text) + 1)).strip())
    with bench() as stage:
        key = next(iter(stage.loop.pairs().values()))
        stage.loop.automation = False
        for _ in range(known):
            stage.ada.comment(key, document)
        stage.loop.automation = True
        stage.loop.notify(key)
        stage.loop.settle()
        return min(_one_more(stage, key, number) for number in range(TIMES))


def _one_more(stage: Bench, key: str, number: int) -> float:
    return sum(run.cpu_seconds for run in stage.of(lambda: stage.ada.comment(key, f"News {number}.")))


def main() -> None:
    for name, text in (("plain", PLAIN), ("rich", RICH)):
        for size in (1_000, 4_000):
            few, many = cost(text, size, 3), cost(text, size, 300)
            print(f"a comment beside 300 of {size} {name} letters: {many * 1000:.0f} ms, {many / few:.1f} x beside 3")


if __name__ == "__main__":
    main()
