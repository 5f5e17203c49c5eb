"""The systems in their flavours: by which methods of the SDK, and by which stories."""

from typing import Final, NamedTuple

from bot.sandbox.clouds import HuaweiConfig
from bot.sandbox.clouds.huawei.content import SHOP_ID
from tests.peers import calls, cce_stories, projects, stories
from tests.peers.calls import Counterpart
from tests.peers.stories import Story

_NOBODY: Final = "00000000-0000-4000-8000-000000000000"


class Part(NamedTuple):
    """A system, in one of its flavours."""

    system: str
    table: tuple[Counterpart, ...]
    stories: tuple[Story, ...]
    config: HuaweiConfig = projects.config()


PARTS: Final = {
    "servicestage-v3": Part(
        "servicestage-v3",
        calls.SERVICESTAGE_V3,
        (
            stories.living(projects.CHECKOUT, ("1.4.0", "1.5.0")),
            stories.coming(projects.BASKET),
            stories.failing,
            stories.hiding(projects.CHECKOUT, "1.4.0"),
            stories.losing(projects.CHECKOUT, "deploy", version="1.4.0"),
            stories.hurrying(projects.CHECKOUT, ("1.4.0", "1.5.0")),
            stories.losing(projects.BASKET, "create", version="1.0.0"),
            stories.losing(projects.CHECKOUT, "delete"),
            stories.graying(projects.GRAYING, "1.4.0"),
            stories.shutting_out(projects.GRAYING, "1.4.0"),
            stories.missing(projects.CHECKOUT, component_id=_NOBODY),
            stories.listing,
        ),
    ),
    "servicestage-v2": Part(
        "servicestage-v2",
        calls.SERVICESTAGE_V2,
        (
            stories.living(projects.BILLING, ("2.4.0", "2.5.0")),
            stories.coming(projects.TAXES),
            stories.hiding(projects.BILLING, "2.4.0"),
            stories.losing(projects.BILLING, "deploy", version="2.4.0"),
            stories.losing(projects.TAXES, "create", version="1.0.0"),
            stories.losing(projects.BILLING, "delete"),
            stories.vanishing(projects.BILLING),
            stories.mistaking,
            stories.missing(projects.BILLING, application_id=SHOP_ID),
            stories.listing,
        ),
    ),
    "cce-cluster standard": Part(
        "cce-cluster",
        calls.CCE_CLUSTER,
        (*cce_stories.of_cluster(projects.EDGE), cce_stories.ordering),
    ),
    "cce-cluster autopilot": Part(
        "cce-cluster",
        calls.CCE_CLUSTER_AUTOPILOT,
        cce_stories.of_cluster(projects.PILOT),
        projects.other_config(),
    ),
    "cce-release standard": Part(
        "cce-release", calls.CCE_RELEASE, cce_stories.of_release("standard")
    ),
    "cce-release autopilot": Part(
        "cce-release",
        calls.CCE_RELEASE_AUTOPILOT,
        (*cce_stories.of_release("autopilot"), cce_stories.sealing),
        projects.other_config(),
    ),
    "cce-cluster lists": Part("cce-cluster", calls.CCE_CLUSTER_LISTS, (stories.listing,)),
    "cce-release lists": Part("cce-release", calls.CCE_RELEASE_LISTS, (stories.listing,)),
}
