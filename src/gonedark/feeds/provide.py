"""From a window to files at hand: archives, cache and patience put together.

Begin with :func:`provide`, or with :func:`plan_for` where only the plan is wanted. Faces call it; everything in it can
be had alone from ``plan`` and ``fetch``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gonedark.feeds.archives import Archives
from gonedark.feeds.cache import Cache, StoppedError, default_folder
from gonedark.feeds.fetch import Fetched, fetch
from gonedark.feeds.files import FeedError
from gonedark.feeds.plan import Plan, make_plan
from gonedark.feeds.transfer import Patience, Transfer
from gonedark.model.time import TimeSpan


@dataclass(frozen=True, slots=True)
class Sources:
    """Where files come from. No ``collectors``: the default ones. ``offline``: only what the cache has already."""

    collectors: tuple[str, ...] = ()
    archives: Archives = field(default_factory=Archives)
    cache: Cache = field(default_factory=lambda: Cache(default_folder()))
    offline: bool = False
    patience: Patience = field(default_factory=Patience)

    @property
    def reached(self) -> Archives:
        """The archives as they are asked: offline, the cache stands for each as a mirror's folder."""
        if not self.offline:
            return self.archives
        return Archives(
            tuple(
                replace(archive, base=str(self.cache.root(archive))) if archive.is_remote else archive
                for archive in self.archives.known
            )
        )


def plan_for(window: TimeSpan, sources: Sources, transfer: Transfer) -> Plan:
    """The plan. Raises FeedError."""
    try:
        return make_plan(window, sources.collectors, sources.reached, transfer.page, transfer.size)
    except FeedError as error:
        if sources.offline:
            raise FeedError(f"{error}; --offline takes only what {sources.cache.folder} has") from None
        raise


def provide(
    window: TimeSpan,
    sources: Sources,
    planned: Callable[[Plan], None] = lambda _plan: None,
    show: Callable[[int, int], None] = lambda _done, _total: None,
) -> Fetched:
    """Everything a window needs, at hand; ``planned`` hears the plan before anything is fetched. Raises FeedError."""
    with Transfer(sources.patience) as transfer:
        plan = plan_for(window, sources, transfer)
        planned(plan)
        try:
            return fetch(plan, sources.cache, transfer, show)
        except StoppedError:
            raise FeedError("stopped; what was fetched is kept, so the same command goes on from there") from None
