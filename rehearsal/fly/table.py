"""Every command that the stand-in knows, by name."""

from rehearsal.fly.line import Command

APP = "app=a config=c"
JSON = "json/j"
_SECRETS = f"{APP} stage detach dns-checks"
_DEPLOY = (
    f"{APP} image=i strategy= wait-timeout= ha dns-checks detach now yes/y remote-only local-only "
    "skip-release-command release-command-timeout= smoke-checks env=e image-label= "
    "primary-region=r region= vm-size= vm-memory= vm-cpus= vm-cpu-kind= auto-confirm "
    "lease-timeout= max-unavailable= max-concurrent= no-public-ips only-regions= process-groups= "
    "update-only depot no-cache deploy-retries= build-only push"
)
_RUN = (
    f"{APP} region=r name=n org= rm restart= metadata=m env=e detach "
    "vm-size= vm-memory= vm-cpus= vm-cpu-kind= skip-dns-registration"
)
_SHELL = f"{APP} org=o command=C machine= select/s region=r quiet/q address=A pty user=u container="
_MACHINE = f"{APP} force time= signal= timeout= skip-health-checks wait-timeout= lease="

COMMANDS = {
    "version": Command("identity:version", JSON),
    "auth whoami": Command("identity:whoami", JSON),
    "orgs list": Command("identity:organisations", JSON),
    "platform regions": Command("identity:regions", JSON),
    "platform vm-sizes": Command("identity:sizes", JSON),
    "tokens create deploy": Command("identity:deploy_token", f"{APP} {JSON} expiry=x name=n"),
    "apps create": Command("apps:create", f"{JSON} org=o name= generate-name yes/y network=", 0, 1),
    "apps list": Command("apps:show_all", f"{JSON} org=o quiet/q"),
    "apps destroy": Command("apps:destroy", "yes/y", 1, 1),
    "status": Command("apps:status", f"{APP} {JSON} all watch"),
    "releases": Command("apps:releases", f"{APP} {JSON} image"),
    "ips list": Command("addresses:show", f"{APP} {JSON}"),
    "ips allocate-v4": Command("addresses:allocate_v4", f"{APP} shared region=r yes/y"),
    "ips allocate-v6": Command("addresses:allocate_v6", f"{APP} private org= region=r"),
    "certs list": Command("certificates:show", f"{APP} {JSON}"),
    "certs add": Command("certificates:add", f"{APP} {JSON}", 1, 1),
    "certs remove": Command("certificates:remove", f"{APP} yes/y", 1, 1),
    "secrets import": Command("secrets:take_in", _SECRETS),
    "secrets set": Command("secrets:put", _SECRETS, 1, 1000),
    "secrets unset": Command("secrets:remove", _SECRETS, 1, 1000),
    "secrets deploy": Command("secrets:deploy", f"{APP} detach dns-checks"),
    "secrets list": Command("secrets:show", f"{APP} {JSON}"),
    "config validate": Command("configuration:validate", f"{APP} strict/s"),
    "config show": Command("configuration:show_config", f"{APP} local yaml toml"),
    "deploy": Command("deploy:deploy", _DEPLOY, 0, 1),
    "machine list": Command("machines:show_all", f"{APP} {JSON} quiet/q"),
    "machine status": Command("machines:status", f"{APP} display-config/d", 0, 1),
    "machine restart": Command("machines:restart", _MACHINE, 0, 100),
    "machine stop": Command("machines:stop", _MACHINE, 0, 100),
    "machine kill": Command("ending:kill", f"{APP} select", 0, 1),
    "machine destroy": Command("ending:destroy", f"{APP} select force/f", 0, 100),
    "machine run": Command("running:run", _RUN, 1, 100),
    "ssh console": Command("shell:console", _SHELL, 0, 1),
    "machine start": Command("machines:start", _MACHINE, 0, 100),
    "image show": Command("machines:images", f"{APP} {JSON}"),
    "checks list": Command("machines:checks", f"{APP} {JSON} check-name="),
    "logs": Command("logs:show_logs", f"{APP} {JSON} no-tail/n machine= instance=i region=r"),
    "scale show": Command("scale:show_scale", f"{APP} {JSON}"),
    "scale vm": Command("scale:vm", f"{APP} vm-memory= memory= process-group= group=g", 1, 1),
    "scale memory": Command("scale:memory", f"{APP} process-group= group=g", 1, 1),
    "scale count": Command(
        "scale:count",
        f"{APP} yes/y region=r process-group= max-per-region= with-new-volumes",
        1,
        100,
    ),
}
# The plurals that people type.
COMMANDS |= {
    f"machines {name.split()[1]}": command
    for name, command in list(COMMANDS.items())
    if name.startswith("machine ")
}
