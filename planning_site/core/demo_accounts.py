"""The people of the demo factory: one account per department, the salespeople of its order book, and an administrator.

They exist only where the demo was loaded. The login page lists them only where the setting DEMO is on as well.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.roles import Role

PASSWORD = "luyue-demo"  # written on the login page of the demo
MAIL_DOMAIN = "luyue.example"


@dataclass(frozen=True)
class Account:
    """A person of the demo. `name` is also the name on orders, by which the salespeople are linked."""

    username: str
    name: str
    department: Department | None
    language: str = ""
    role: Role | None = None

    @property
    def password(self) -> str:
        return PASSWORD

    @property
    def email(self) -> str:
        return f"{self.username}@{MAIL_DOMAIN}"

    @property
    def is_superuser(self) -> bool:
        return self.department is None


ACCOUNTS = (
    Account("wang", "王计划", Department.PLANNING, role=Role.PLANNING_SUPERVISOR),
    Account("he", "何芳", Department.SALES),
    Account("zhou", "周敏", Department.SALES),
    Account("lin", "林秀", Department.SALES),
    Account("ivan", "Ivan", Department.SALES, "en"),
    Account("lu", "陆采购", Department.PURCHASING),
    Account("li", "李生产", Department.PRODUCTION),
    Account("ma", "马主任", Department.WORKSHOP),
    Account("chen", "陈工", Department.TECHNICAL),
    Account("zheng", "郑品质", Department.QC),
    Account("sun", "孙库管", Department.WAREHOUSE),
    Account("huang", "黄总", Department.GM),
    Account("admin", "管理员", None),
)


@transaction.atomic
def create() -> list[User]:
    """The users of the demo in the order of `ACCOUNTS`; those that exist keep their password and settings."""
    users = []
    for account in ACCOUNTS:
        user, is_new = User.objects.get_or_create(
            username=account.username,
            defaults={
                "display_name": account.name,
                "email": account.email,
                "language": account.language,
                "is_superuser": account.is_superuser,
                "is_staff": account.is_superuser,
            },
        )
        if is_new:
            user.set_password(account.password)
            user.save(update_fields=["password"])
        if account.department:
            user.groups.add(Group.objects.get_or_create(name=account.department.value)[0])
        if account.role:
            user.groups.add(Group.objects.get_or_create(name=account.role.value)[0])
        users.append(user)
    return users


def shown() -> list[Account]:
    """The accounts that the login page lists: none without the setting DEMO, and only people who exist and may log in."""
    if not settings.DEMO:
        return []
    existing = set(User.objects.filter(username__in=[a.username for a in ACCOUNTS], is_active=True).values_list("username", flat=True))
    return [account for account in ACCOUNTS if account.username in existing]
