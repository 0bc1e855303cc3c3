"""How the queue reads files of targets."""

from typing import BinaryIO

from farmland.actions.uploads.nouns import register
from farmland.jobs.uploads import READERS
from farmland.models import Division
from farmland.units import Unit
from farmland.workbooks.filled import Filled
from farmland.workbooks.read import Progress
from quotas.actions.files import QuotaNoun
from quotas.models import QuotaVersion
from quotas.workbooks.targets import NOUN, read_target_file


def read_targets(version: QuotaVersion, content: BinaryIO, unit: Unit | None, progress: Progress) -> Filled:
    """A file of targets: of every division below the owner; whose they are to write the judgement says."""
    below = Division.objects.shown().valid().within(version.owner).exclude(level="special")
    return read_target_file(content, version=version, divisions=below, unit=unit, progress=progress)


register(QuotaNoun())
READERS[NOUN] = read_targets
