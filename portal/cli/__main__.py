"""`python -m portal.cli` is `tanzhang`."""

from portal.cli.app import main

if __name__ == "__main__":
    main()
