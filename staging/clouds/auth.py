"""Supabase Auth of one project: the user that smoke signs in as."""

from dataclasses import dataclass
from typing import Any

from staging.clouds.http import Service
from staging.errors import ServiceFailed
from staging.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """A project's Auth at `url`, with the keys that the project gave."""

    url: str
    publishable: Secret
    service: Secret

    def sign_in(self, email: str, password: Secret) -> Secret | None:
        """A fresh bearer token, or None if there is no such user with this password."""
        public = Service(f"{self.url}/auth/v1", {"apikey": self.publishable})
        body = {"email": email, "password": password}
        answer = public.call("POST", "/token?grant_type=password", body=body)
        if answer.status == 200 and isinstance(answer.body, dict) and "access_token" in answer.body:
            return Secret(str(answer.body["access_token"]))
        if answer.status in {400, 422}:
            return None
        problem = f"Supabase Auth at {self.url} answered {answer.status} to a sign-in."
        raise ServiceFailed(problem, detail=answer.text[:300])

    def ensure_user(self, email: str, password: Secret) -> None:
        """Make the user, or give it this password; its address counts as confirmed."""
        body: dict[str, Any] = {"email": email, "password": password, "email_confirm": True}
        answer = self._admin().call("POST", "/admin/users", body=body)
        if answer.status // 100 == 2:
            return
        if answer.status not in {409, 422} or (found := self._find(email)) is None:
            problem = f"Supabase Auth at {self.url} answered {answer.status} to a new user."
            raise ServiceFailed(problem, detail=answer.text[:300])
        change: dict[str, Any] = {"password": password, "email_confirm": True}
        self._admin().expect("PUT", f"/admin/users/{found}", body=change)

    def _find(self, email: str) -> str | None:
        for page in range(1, 51):
            answer = self._admin().expect("GET", f"/admin/users?page={page}&per_page=100")
            users = answer["users"]
            for user in users:
                if user["email"].lower() == email.lower():
                    return str(user["id"])
            if len(users) < 100:
                return None
        return None

    def _admin(self) -> Service:
        bearer = Secret(f"Bearer {self.service.reveal()}")
        return Service(f"{self.url}/auth/v1", {"apikey": self.service, "Authorization": bearer})
