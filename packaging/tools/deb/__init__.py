"""The Debian package of maildesk, made by `make deb`."""
