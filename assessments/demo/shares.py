"""Exact shares: a whole number is split by weights without losing anything, always in the same way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

SEED = "farmland-demo"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A county-level unit of a province; `group` is its prefecture, empty where it hangs on the province itself."""

    code: str
    name: str
    group: str


def drawn(low: int, high: int, *key: object) -> int:
    """A whole number from low to high that depends on the key alone: the same on every machine and in every year."""
    digest = sha256(":".join(map(str, (SEED, *key))).encode()).digest()
    return low + int.from_bytes(digest[:8]) % (high - low + 1)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to the weights by largest remainders: whole numbers that add up exactly.

    Raises ValueError where nothing can take a total that is not zero, or where it is negative.
    """
    weight = sum(weights)
    if total < 0 or (total and not weight):
        raise ValueError(f"cannot split {total} by {len(weights)} weights that add up to {weight}")
    if not total:
        return [0] * len(weights)
    parts = [total * one // weight for one in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % weight), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def settle(leaves: Iterable[Leaf], total: int, weights: Mapping[str, int], fixed: Mapping[str, int]) -> dict[str, int]:
    """Split a province's `total` over its leaves, so that every leaf or prefecture in `fixed` gets exactly that."""
    leaves = list(leaves)
    values = {leaf.code: fixed[leaf.code] for leaf in leaves if leaf.code in fixed}

    def split(rest: int, members: list[Leaf]) -> None:
        parts = apportion(rest, [weights[leaf.code] for leaf in members])
        values.update(zip((leaf.code for leaf in members), parts, strict=True))

    for group in sorted({leaf.group for leaf in leaves} & set(fixed)):
        members = [leaf for leaf in leaves if leaf.group == group]
        taken = sum(values.get(leaf.code, 0) for leaf in members)
        split(fixed[group] - taken, [leaf for leaf in members if leaf.code not in values])
    split(total - sum(values.values()), [leaf for leaf in leaves if leaf.code not in values])
    return values
