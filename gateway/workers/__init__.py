"""The loops behind the routes: inbox, outbox, and the watch on other processes."""
