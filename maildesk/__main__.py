"""`python -m maildesk`: the same as the command `maildesk`."""

from maildesk.cli.main import main

if __name__ == "__main__":
    main()
