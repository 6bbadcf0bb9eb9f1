"""How flyctl words what the server refuses: by which of its APIs was asked."""

import contextlib
from collections.abc import Iterator

from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.printing import request_id

_COMPACT = (
    "($appName: String!) { appcompact:app(name: $appName) { id internalNumericId name hostname "
    "cnameTarget deployed network status appUrl platformVersion organization { id "
    "internalNumericId slug paidPlan } postgresAppRole: role { name } } }"
)
_WHOLE = (
    "($appName: String!) { app(name: $appName) { id internalNumericId name hostname deployed "
    "status version appUrl platformVersion currentRelease { evaluationId status inProgress "
    "version } config { definition } organization { id slug paidPlan } services { description "
    "protocol internalPort ports { port handlers } } ipAddresses { nodes { id address type "
    "createdAt } } sharedIpAddress cnameTarget imageDetails { registry repository tag digest "
    "version } machines{ nodes { id name config state region createdAt app { name } ips { nodes "
    "{ family kind ip maskSize } } host { id } } } postgresAppRole: role { name } } }"
)
_LIST = (
    '($org: ID, $after: String) { apps(type: "container", first: 200, after: $after, '
    "organizationId: $org) { pageInfo { hasNextPage endCursor } nodes { id name deployed hostname "
    "platformVersion network organization { slug name } currentRelease { createdAt status } "
    "status } } }"
)
# What stands between "failed to run query" and the colon; other queries are shortened.
_QUERIES = {"app": f" {_COMPACT}", "destroy": f" {_WHOLE}", "apps": _LIST}


@contextlib.contextmanager
def graphql(query: str, *, app: str = "", prefix: str = "") -> Iterator[None]:
    """Word refusals as those of the GraphQL API."""
    try:
        yield
    except ApiError as error:
        named = _QUERIES.get(query, f" {{ {query} }}")
        if error.status == 404 and app:
            text = f'failed to run query{named}: Could not find App "{app}"'
        elif error.status in {401, 404}:
            text = f"failed to run query{named}: {error.text}"
        else:
            text = f"{error.text} {request_id()}"
        raise CommandError(prefix + text) from None


@contextlib.contextmanager
def machines_api(what: str) -> Iterator[None]:
    """Word refusals as those of the Machines API."""
    try:
        yield
    except ApiError as error:
        text = "unauthorized" if error.status == 401 else error.text
        raise CommandError(f"{what}: {text} {request_id()}") from None
