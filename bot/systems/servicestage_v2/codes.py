"""What only instances of ServiceStage v2 say."""

from bot.core.codes import Code, Reason


class NoSuchInstance(Code):
    """The target's instance is not there, or its credentials may not see it."""

    key = "not_found.instance"
    application: str
    component: str  # its id, or its name in the create template
    instance: str  # likewise
    code: str = ""  # the vendor's


class ReplicaByScale(Code):
    """An upgrade of v2 does not change the number of copies."""

    key = "bad_values.replica"


class NoSuchArtifact(Code):
    """The target's `artifacts` name a container that the instance does not have."""

    key = "not_deployable.artifact"
    container: str
    near: tuple[str, ...] = ()  # those that it has


class ObjectElsewhere(Code):
    """A package lies in a bucket, and its new address lies elsewhere."""

    key = "not_deployable.elsewhere"
    container: str
    url: str


class TemplateElsewhere(Code):
    """As `ObjectElsewhere`, of a package in the create template."""

    key = "not_creatable.elsewhere"
    container: str
    url: str


class ComponentThere(Code):
    """The component is there, and its status says nothing else."""

    key = "task.component_there"
    component: str


class ComponentUnknown(Code):
    """The API does not know the component that was created."""

    key = "task_not_found.component"
    component: str


class ComponentLeaves(Code):
    """The component that the instance is to be created in is being deleted."""

    key = "in_progress.deleting"
    component: str


class BeingDeleted(Code):
    """The component that the step created is being deleted."""

    key = "task_failed.being_deleted"
    component: str


class NoCreationTime(Code):
    """A component is new, but does not tell when it was created."""

    key = "no_trace.no_creation_time"
    component: str


class CreatedAtWrongTime(Code):
    """A component was created too far from the lost call."""

    key = "no_trace.created_at_wrong_time"
    component: str
    created: str  # RFC 3339


class ComponentDiffers(Code):
    """A component is new, but something of it differs from what was sent."""

    key = "no_trace.component_differs"
    component: str
    by: Reason


class ComponentIsOurs(Code):
    """The evidence that the lost call created a component."""

    key = "adopted.component"
    component: str
    created: str  # RFC 3339
    permitted: str  # RFC 3339


class ArtifactDiffers(Code):
    """A container runs another image or package than what was sent."""

    key = "evidence.artifact_differs"
    container: str
