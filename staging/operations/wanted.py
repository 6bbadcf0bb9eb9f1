"""What the values of secrets are made of, asked of the clouds only where one needs it."""

from staging.errors import NotFound
from staging.inventory import Project
from staging.operations import reach
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.operations.secrets import Known
from staging.settings import SecretSource


def the_project(clouds: Clouds) -> Project:
    """Staging's Supabase project, or NotFound."""
    name = clouds.settings.staging.project
    for project in clouds.supabase.projects():
        if project.name == name:
            return project
    raise NotFound(f"There is no Supabase project {name}.", remedy="Run `invoke provision`.")


def known(clouds: Clouds, project: Project | None, *sources: SecretSource) -> Known:
    """What these sources need to know."""
    asked = {source.known for source in sources}
    password = Credentials(clouds.settings, clouds.environ).password()
    url = address = key = None
    if project and password and project.host and "database-url" in asked:
        url = reach.application_database(clouds, project, password).url()
    if project and "project-url" in asked:
        address = reach.project_url(clouds, project)
    if project and "publishable-key" in asked:
        key = clouds.supabase.keys(project.ref)["publishable"]
    return Known(database_url=url, project_url=address, publishable_key=key)
