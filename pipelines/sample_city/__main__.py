"""`python -m pipelines.sample_city DIR [--month 2025-03]`: write the synthetic city's files."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.sample_city import SEED, generate, generate_month, register_files


def main(arguments: list[str] | None = None) -> None:
    """Write what is asked for and say how much it was."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.sample_city", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--month", help="only this month, as 2025-03")
    parser.add_argument("--start", default="2023-01")
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--enterprises", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    size = {"enterprises": chosen.enterprises, "seed": chosen.seed}
    if chosen.month:
        register_files(chosen.directory, **size)
        manifest = generate_month(chosen.directory, chosen.month, **size)
    else:
        manifest = generate(chosen.directory, start=chosen.start, months=chosen.months, **size)
    print(
        f"合成数据 (synthetic): {len(manifest.files)} files, {manifest.good_rows} good rows, "
        f"{manifest.bad_rows} bad rows, {len(manifest.mistakes)} mistakes in {chosen.directory}"
    )


if __name__ == "__main__":
    main()
