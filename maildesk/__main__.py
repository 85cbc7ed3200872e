"""`python -m maildesk`: the same as the command `maildesk`."""

from maildesk.cli.pipe import main

if __name__ == "__main__":
    main()
