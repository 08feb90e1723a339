"""Prints who may look at the demo factory: `python -m planning_site.embedded.accounts`. One account per department."""

import sys

import django


def main() -> None:
    """Print a line per department: its name, the user and the password."""
    django.setup()
    # Models can be imported only now.
    from planning_site.core import demo_accounts

    told = set()
    for account in demo_accounts.shown():
        if account.department is not None and account.department not in told:
            told.add(account.department)
            sys.stdout.write(f"    {account.username:<8} {account.password:<12} {account.department.label}\n")


if __name__ == "__main__":
    main()
