"""`python -m training.imaging NAME --data DIR --out FOLDER`: train the model of one configuration of `configs/`."""

import argparse
import importlib
import json
import tomllib
from pathlib import Path

CONFIGS = Path(__file__).parent / "configs"


def main() -> None:
    """Read the configuration and hand it to the recipe of its task (`segmentation` or `classification`)."""
    parser = argparse.ArgumentParser(prog="python -m training.imaging", description=__doc__)
    parser.add_argument("name", choices=sorted(path.stem for path in CONFIGS.glob("*.toml")))
    parser.add_argument("--data", type=Path, required=True, help="folder of the reference data")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--folds", type=int, default=None, help="how many folds to run before the whole (default: all)")
    given = parser.parse_args()
    settings = tomllib.loads((CONFIGS / f"{given.name}.toml").read_text(encoding="utf-8"))
    recipe = importlib.import_module(f"training.imaging.{settings.get('task', 'classification')}")
    print(json.dumps(recipe.run(settings, given.data, given.out, given.folds), indent=1))


if __name__ == "__main__":
    main()
