"""EC2: of a question for snapshots, whom they have to be restorable by, which moto ignores."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.elastic_block_store import ElasticBlockStore

_describe = ElasticBlockStore.describe_snapshots


def _is_restorable(snapshot: Any, accounts: set[str]) -> bool:
    return bool(accounts & (snapshot.create_volume_permission_groups | snapshot.create_volume_permission_userids))


def _describe_snapshots(self: ElasticBlockStore) -> ActionResult:
    answer = _describe(self)
    accounts = set(self._get_param("RestorableByUserIds", []))
    if not accounts:
        return answer
    return ActionResult({"Snapshots": [each for each in answer.result["Snapshots"] if _is_restorable(each, accounts)]})


ElasticBlockStore.describe_snapshots = _describe_snapshots  # type: ignore[method-assign]
