"""What one pack of rules and groups differs in from another."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Group, Pack, Rule


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import adds, changes (as it was, as it will be) and removes."""

    added: tuple[Rule | Group, ...] = ()
    changed: tuple[tuple[Rule | Group, Rule | Group], ...] = ()
    removed: tuple[Rule | Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def compare(old: Pack, new: Pack, *, keep_others: bool = False) -> Difference:
    """What has to be done to `old` to make it `new`; with `keep_others`, what `new` does not name stays."""
    before = _named(old)
    after = _named(new)
    both = [(before[key], thing) for key, thing in after.items() if key in before]
    return Difference(
        added=tuple(thing for key, thing in after.items() if key not in before),
        changed=tuple((was, is_) for was, is_ in both if _content(was) != _content(is_)),
        removed=() if keep_others else tuple(thing for key, thing in before.items() if key not in after),
    )


def _named(pack: Pack) -> dict[str, Rule | Group]:
    """Groups first, for rules use them."""
    groups: dict[str, Rule | Group] = {f"@{group.name}": group for group in pack.groups}
    return groups | {rule.id: rule for rule in pack.rules}


def _content(thing: Rule | Group) -> tuple[object, ...]:
    """What makes two versions differ: not their number, which the database counts, nor the order of languages."""
    if isinstance(thing, Group):
        return (dict(thing.queries),)
    return thing.topic, thing.state, thing.comment, dict(thing.queries)
