"""The table of steps is the README's."""

import re
from pathlib import Path

from quotas.workflow import STEPS


def test_the_readme_says_every_step() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    section = readme[readme.index("## The way of a target") : readme.index("## Operating it")]
    said = set(re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \|", section, re.MULTILINE))
    assert said == {(str(step.action), str(step.source), str(step.target)) for step in STEPS}
