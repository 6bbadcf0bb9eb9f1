"""What is made to be asked about, and all that must be ended afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from smoke.answer import Answer
from smoke.client import Client
from smoke.endings import Endings
from smoke.fuzz.examples import Example
from smoke.fuzz.harmless import FEW_PAGES
from smoke.hidden import Hidden
from staging.rules.endpoints import NOBODY

KINDS = {"/v1/jobs/": "job", "/v1/schedulers/": "scheduler", "/v1/notifications/": "notification"}
LINKS = "/v1/jobs/{id}/share-links"
ENDED_BY = {
    "POST /v1/jobs": ("job", "POST /v1/jobs/{id}/cancel"),
    "POST /v1/schedulers": ("scheduler", "DELETE /v1/schedulers/{id}"),
}


@dataclass(slots=True, kw_only=True)
class Grounds:
    """Ids of things that exist, by their kind; and how to leave everything as it was."""

    client: Client
    hidden: Hidden
    ids: dict[str, str] = field(default_factory=dict)
    endings: Endings = field(default_factory=Endings)
    _shared: set[str] = field(default_factory=set)

    def prepare(self, *, domain: str | None, asked: frozenset[str]) -> None:
        """Make one of each kind that is asked about, as far as that can be done here."""
        if "PATCH /v1/auth/profile" in asked:
            self._keep_profile()
        if "POST /v1/organisations/switch" in asked:
            self._keep_organisation()
        if "GET /v1/notifications" in asked:
            listed = self.client.call("GET /v1/notifications")
            self._know("notification", listed.find("notifications.0.id"))
        if domain and "POST /v1/jobs" in asked:
            job = {"domain": domain, "max_pages": FEW_PAGES, "concurrency": 1}
            made = self.client.call("POST /v1/jobs", body=job).expect(201)
            self.made("POST /v1/jobs", made)
        if domain and "POST /v1/schedulers" in asked:
            body = {"domain": domain, "schedule_interval_hours": 48}
            self.made("POST /v1/schedulers", self.client.call("POST /v1/schedulers", body=body))
        if "job" in self.ids and "POST /v1/jobs/{id}/share-links" in asked:
            self._share(self.ids["job"])

    def real(self, example: Example) -> Example:
        """The same request of something that exists, if there is one of its kind."""
        path = example.request.split(" ")[1]
        known = {"share": self.ids.get("share")}
        for prefix, kind in KINDS.items():
            if path.startswith(prefix):
                known["id"] = self.ids.get(kind)
        ids = {
            name: (known.get(name) or value) if example.regular or value == NOBODY else value
            for name, value in example.ids.items()
        }
        return replace(example, ids=ids)

    def made(self, request: str, answer: Answer, ids: Mapping[str, str] = {}) -> None:
        """Have what this answer says was made be ended at last."""
        if request == f"POST {LINKS}" and answer.status < 300:
            self.hidden.add(str(answer.find("data.token") or ""))
            self._revoke(ids["id"])
        if request not in ENDED_BY or answer.status != 201:
            return
        kind, ending = ENDED_BY[request]
        if made := answer.find("data.id"):
            self._know(kind, made)
            last = self.client.afresh()
            self.endings.add(f"{kind} {made}", lambda: last.call(ending, id=str(made)))

    def _know(self, kind: str, found: object) -> None:
        if found:
            self.ids[kind] = str(found)

    def _keep_profile(self) -> None:
        user: Mapping[str, Any] = self.client.call("GET /v1/auth/profile").find("data.user") or {}
        names = {name: user.get(name) for name in ("first_name", "last_name", "full_name")}
        last = self.client.afresh()
        self.endings.add("the user's name", lambda: last.call("PATCH /v1/auth/profile", body=names))

    def _keep_organisation(self) -> None:
        home = self.client.call("GET /v1/organisations").find("data.active_organisation_id")
        last, body = self.client.afresh(), json.dumps({"organisation_id": home}).encode()
        self.endings.add(
            "the active organisation",
            lambda: last.call("POST /v1/organisations/switch", raw=body),
        )

    def _share(self, job: str) -> None:
        made = self.client.call(f"POST {LINKS}", id=job)
        self._know("share", made.find("data.token"))
        self.made(f"POST {LINKS}", made, {"id": job})

    def _revoke(self, job: str) -> None:
        """Have the job's link, whichever it is then, be revoked; once for each job."""
        if job in self._shared:
            return
        self._shared.add(job)
        last = self.client.afresh()

        def revoke() -> Answer:
            seen = last.call(f"GET {LINKS}", id=job)
            token = seen.find("data.token")
            one = f"DELETE {LINKS}/{{share}}"
            return last.call(one, id=job, share=str(token)) if token else seen

        self.endings.add(f"the share link of job {job}", revoke)
